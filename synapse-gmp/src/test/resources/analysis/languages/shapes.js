const LIMIT = 42;
var size = 43;

class Square {
  #side = 1;

  area(scale) {
    if (this.#side > 10 && scale > LIMIT) {
      return this.#side * 3;
    }
    return scale?.deep ? 1 : 2;
  }
}

function classify(kind) {
  try {
    return /a{3}/.test(kind);
  } catch (e) {
    return null;
  }
}

module.exports = {
  twice: function (x) {
    do { x++; } while (x < 25);
  },
};
