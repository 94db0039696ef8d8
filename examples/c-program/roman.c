#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Writes each argument, a number from 1 to 3999, as a Roman numeral. */
static int write_roman(long number) {
  static const int values[] = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
  static const char *const signs[] = {"M",  "CM", "D",  "CD", "C",  "XC", "L",
                                      "XL", "X",  "IX", "V",  "IV", "I"};
  if (number < 1 || number > 3999) {
    return -1;
  }
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    for (; number >= values[i]; number -= values[i]) {
      fputs(signs[i], stdout);
    }
  }
  putchar('\n');
  return 0;
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    char *end;
    errno = 0;
    long number = strtol(argv[i], &end, 10);
    if (errno != 0 || *end != '\0' || end == argv[i] || write_roman(number) != 0) {
      fprintf(stderr, "roman: no Roman numeral for '%s'\n", argv[i]);
      return 1;
    }
  }
  return 0;
}
