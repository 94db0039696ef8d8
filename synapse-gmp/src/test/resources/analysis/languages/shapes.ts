const LIMIT: number = 42;
let size = 43;

export enum Level { Low = 5, High = 10 }

export class Square implements Shape {
  static readonly SIDES = 4;
  private corners?: number;

  constructor(private side: number) {
    super();
  }

  area(scale: number, deep?: boolean): Promise<number> {
    if (this.side > 10 && scale > LIMIT) {
      return this.side * 3;
    }
    return deep ? this.corners ?? 0 : this.side;
  }
}

function classify(kind: number): string {
  switch (kind) {
    case 1: return `one`;
    case 25: return "many";
    default: return [1].map((x) => { return x && kind; });
  }
}

export const twice = (x: number) => {
  for (const y of [x]) { while (y) { x++; } }
  return x;
};
