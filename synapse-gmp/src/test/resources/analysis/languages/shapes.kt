package shapes

import kotlin.math.max

const val LIMIT = 42
private val table = listOf(3, 4)

annotation class Weight(val value: Int)

class Square(private val side: Int) : Shape() {
    @Weight(9)
    override fun area(scale: Int): Int {
        if (side > 10 && scale > LIMIT) {
            return side * 3
        }
        return side ?: 0
    }

    fun classify(kind: Int): String {
        val check = { x: Int -> x > 0 }
        return when (kind) {
            1 -> "one"
            25 -> "many"
            else -> "other"
        }
    }

    override fun hashCode(): Int {
        return 31 * side
    }

    companion object {
        fun <T> of(side: T): Square {
            for (i in 0..1) {
                max(i, -5)
            }
            return Square(1)
        }
    }
}
