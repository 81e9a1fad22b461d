// Where things are on the screen, seen from a point.

export const SLOP = 4 // px before a press becomes a drag

/**
 * How far a point is from an element, across and along; 0 inside it.
 *
 * @param {Element} el
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
export function away(el, x, y) {
  const { left, right, top, bottom } = el.getBoundingClientRect()
  return [Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)]
}

/**
 * The element next to a point. The row under the pointer counts first, so the free end of a row means its last element.
 *
 * @template {Element} Kind
 * @param {Kind[]} els at least one
 * @param {number} x
 * @param {number} y
 */
export function nearest(els, x, y) {
  const score = els.map((el) => away(el, x, y)).map(([dx, dy]) => dx + 1000 * dy)
  return els[score.indexOf(Math.min(...score))]
}

/**
 * True if a point lies beyond the middle of an element, in the direction in which its row or column runs.
 *
 * @param {Element} el
 * @param {number} x
 * @param {number} y
 */
export function isPast(el, x, y) {
  const { left, top, width, height } = el.getBoundingClientRect()
  return inColumns(el) ? x > left + width / 2 : y > top + height / 2
}

/**
 * True if an element stands in a grid of several columns.
 *
 * @param {Element} el
 */
export function inColumns(el) {
  return getComputedStyle(/** @type {Element} */ (el.parentElement)).gridTemplateColumns.split(" ").length > 1
}
