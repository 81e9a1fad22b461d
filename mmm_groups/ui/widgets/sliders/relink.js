// The rule of relink.py, on the same whole tenths of a percent; tests/ui/split/split_vectors.json holds both to it.

/** @typedef {[number, number]} Bounds smallest and largest value, in tenths of a percent */

const WHOLE = 1000

/**
 * All shares after one of them was moved; the others follow in proportion to `start`.
 *
 * @param {number[]} start tenths of a percent when the drag began
 * @param {number} index the share that is moved
 * @param {number} value where to; what locks, bounds and the others leave is taken
 * @param {number[]} locked rows that stay
 * @param {Bounds[] | null} [bounds] one pair a row
 */
export function relink(start, index, value, locked, bounds) {
  const moved = [...start]
  const free = freeRows(start, index, locked)
  if (!free.length) return moved
  const [least, most] = reach(start, index, locked, bounds)
  moved[index] = Math.min(Math.max(value, least), most)
  const weights = free.map((row) => start[row])
  const ends = endsOf(start, bounds)
  const inside = free.map((row) => ends[row])
  const parts = apportionInside(start[index] + total(weights) - moved[index], weights, inside)
  free.forEach((row, i) => {
    moved[row] = parts[i]
  })
  return moved
}

/**
 * The smallest and largest value that a row can be moved to; locks, bounds and the other rows leave no more.
 *
 * @param {number[]} start
 * @param {number} index
 * @param {number[]} locked
 * @param {Bounds[] | null} [bounds]
 * @returns {Bounds}
 */
export function reach(start, index, locked, bounds) {
  const free = freeRows(start, index, locked)
  if (!free.length) return [start[index], start[index]]
  const ends = endsOf(start, bounds)
  const room = start[index] + total(free.map((row) => start[row]))
  return [
    Math.max(ends[index][0], room - total(free.map((row) => ends[row][1]))),
    Math.min(ends[index][1], room - total(free.map((row) => ends[row][0]))),
  ]
}

/**
 * Rows that can give and take when one is moved; none if that one is locked.
 *
 * @param {number[]} start
 * @param {number} index
 * @param {number[]} locked
 */
function freeRows(start, index, locked) {
  if (locked.includes(index)) return []
  return [...start.keys()].filter((row) => row !== index && !locked.includes(row))
}

/**
 * A share that began beyond a bound may stay there, but goes no further.
 *
 * @param {number[]} start
 * @param {Bounds[] | null} [bounds]
 * @returns {Bounds[]}
 */
function endsOf(start, bounds) {
  return start.map((at, row) => [Math.min(bounds?.[row][0] ?? 0, at), Math.max(bounds?.[row][1] ?? WHOLE, at)])
}

/**
 * As `apportion`, but every part stays inside its ends, which have room for `whole`.
 *
 * @param {number} whole
 * @param {number[]} weights
 * @param {Bounds[]} ends
 */
function apportionInside(whole, weights, ends) {
  const parts = weights.map(() => 0)
  let left = whole
  let free = [...weights.keys()]
  while (free.length) {
    const sizes = free.map((row) => weights[row])
    const found = apportion(left, sizes)
    const held = found.map((part, i) => Math.min(Math.max(part, ends[free[i]][0]), ends[free[i]][1]))
    const over = total(held) - left
    const stuck = free.filter((_, i) => (held[i] - found[i]) * (over || held[i] - found[i]) > 0)
    free.forEach((row, i) => {
      parts[row] = stuck.includes(row) ? held[i] : found[i]
    })
    if (!stuck.length) return parts
    left -= total(stuck.map((row) => parts[row]))
    free = free.filter((row) => !stuck.includes(row))
  }
  return parts
}

/**
 * `whole` in whole parts in proportion to weights; equal parts if all are 0. Ties: first row first.
 *
 * @param {number} whole
 * @param {number[]} weights
 */
function apportion(whole, weights) {
  const sizes = total(weights) ? weights : weights.map(() => 1)
  const divisor = total(sizes)
  const rest = sizes.map((size) => (whole * size) % divisor)
  const parts = sizes.map((size, i) => (whole * size - rest[i]) / divisor)
  const largestFirst = [...sizes.keys()].sort((a, b) => rest[b] - rest[a])
  for (const i of largestFirst.slice(0, whole - total(parts))) parts[i] += 1
  return parts
}

/** @param {number[]} numbers */
function total(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0)
}
