#include <string>

namespace shapes {

constexpr int limit = 42;
int size = 43;

enum class Level { low = 5, high = 10 };

class Square : public Shape {
 public:
  explicit Square(int side) : side_(side) { count = 1; }
  ~Square() override {}
  int area(int scale) const {
    if (side_ > 10 && scale > limit) {
      return side_ * 3;
    }
    return side_ ? 1 : 2;
  }

 private:
  int side_;
};

template <typename T>
int Square::classify(T&& kind) {
  auto&& copy = kind;
  switch (copy) {
    case 1: return 1;
    case 25: return 1'000;
    default: break;
  }
  for (int i = 0; i < 0x10; i++) { while (false or i) {} }
  return -1;
}

}  // namespace shapes
