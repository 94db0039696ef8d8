using System;

namespace Shapes
{
    [Weight(9)]
    public class Square : Shape
    {
        public const int Limit = 42;
        private static readonly int[] Table = { 3, 4 };
        private int? size;
        public int Side { get { return size > 5 ? 1 : 2; } set; }

        public Square(int side) : base(side)
        {
            size = side;
        }

        public override int Area<T>(int scale) where T : class
        {
            if (size > 10 && scale > Limit)
            {
                return size * 3;
            }
            return size ?? 0;
        }

        string Classify(int kind)
        {
            foreach (var each in Table) { Console.WriteLine(each); }
            return kind switch
            {
                1 => "one",
                25 => "many",
                _ => "other",
            };
        }

        public override int GetHashCode() { return 31 * Side; }
    }

    enum Level { Low = 5, High = 10 }
}
