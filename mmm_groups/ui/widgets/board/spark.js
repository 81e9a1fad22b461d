// A group's small curve: numbers come from Python, already as parts of the drawing's width and height.

const SPARK = template(`<svg class="spark" viewBox="0 0 100 100" preserveAspectRatio="none" role="img">
  <title></title><path class="area"/><path class="line"/><path class="beyond"/><path class="dot-at"/>
</svg>`)

// curve: {spend: [0…1], response: [0…1], at: number|null, known: number|null, words: string}
function spark(svg, curve) {
  svg.querySelector("title").textContent = curve?.words ?? ""
  svg.setAttribute("aria-label", curve?.words ?? "No curve yet")
  const draw = (part, d) => svg.querySelector(`.${part}`).setAttribute("d", d)
  const points = curve ? curve.spend.map((x, i) => [x, curve.response[i]]) : []
  const known = curve?.known ?? 1
  const bend = [known, valueAt(points, known)]
  const inside = [...points.filter(([x]) => x < known), bend]
  const outside = [bend, ...points.filter(([x]) => x > known)]
  draw("area", curve ? `${path(points)} L100,100 L0,100 Z` : "")
  draw("line", curve ? path(inside) : "")
  draw("beyond", curve && outside.length > 1 ? path(outside) : "")
  const at = curve?.at ?? null
  // A line of no length with round ends stays a circle however the drawing is stretched.
  draw("dot-at", at === null ? "" : `${path([[at, valueAt(points, at)]])} h0.001`)
}

function path(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${(100 * x).toFixed(2)},${(96 - 90 * y).toFixed(2)}`).join(" ")
}

function valueAt(points, x) {
  const right = points.findIndex(([at]) => at >= x)
  if (right <= 0) return points.at(right)?.[1] ?? 0
  const [[x0, y0], [x1, y1]] = [points[right - 1], points[right]]
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}
