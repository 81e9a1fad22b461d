// A group's small curve: numbers come from Python, already as parts of the drawing's width and height.

import { part } from "../dom.js"

/**
 * A small curve as Python sends it (`CardCurve` in widget.py), in parts of the drawing's width and height (0 to 1).
 *
 * @typedef {object} CardCurve
 * @property {number[]} spend
 * @property {number[]} response
 * @property {number | null} at the reference spend; null where it is unknown
 * @property {number | null} known the largest spend that history saw; null where it is unknown
 * @property {string} words says the same for those who cannot see it
 */

/** @typedef {[number, number]} Point */

export const SPARK = `<svg class="spark" viewBox="0 0 100 100" preserveAspectRatio="none" role="img">
  <title></title><path class="area"/><path class="line"/><path class="beyond"/><path class="dot-at"/>
</svg>`

/**
 * @param {Element} svg
 * @param {CardCurve | undefined} curve
 */
export function drawSpark(svg, curve) {
  part(svg, "title", SVGTitleElement).textContent = curve?.words ?? ""
  svg.setAttribute("aria-label", curve?.words ?? "No curve yet")
  for (const [name, d] of Object.entries(sparkPaths(curve))) part(svg, `.${name}`, SVGPathElement).setAttribute("d", d)
}

/**
 * The `d` of each path of the drawing, by its class; empty where there is nothing to draw.
 *
 * @param {CardCurve | undefined} curve
 */
export function sparkPaths(curve) {
  if (!curve) return { area: "", line: "", beyond: "", "dot-at": "" }
  const points = curve.spend.map((x, i) => /** @type {Point} */ ([x, curve.response[i]]))
  const known = curve.known ?? 1
  const bend = /** @type {Point} */ ([known, valueAt(points, known)])
  const outside = [bend, ...points.filter(([x]) => x > known)]
  return {
    area: `${path(points)} L100,100 L0,100 Z`,
    line: path([...points.filter(([x]) => x < known), bend]),
    beyond: outside.length > 1 ? path(outside) : "",
    // A line of no length with round ends stays a circle however the drawing is stretched.
    "dot-at": curve.at === null ? "" : `${path([[curve.at, valueAt(points, curve.at)]])} h0.001`,
  }
}

/** @param {Point[]} points */
function path(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${(100 * x).toFixed(2)},${(96 - 90 * y).toFixed(2)}`).join(" ")
}

/**
 * @param {Point[]} points
 * @param {number} x
 */
function valueAt(points, x) {
  const right = points.findIndex(([at]) => at >= x)
  if (right <= 0) return points.at(right)?.[1] ?? 0
  const [[x0, y0], [x1, y1]] = [points[right - 1], points[right]]
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}
