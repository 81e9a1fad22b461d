// Small things around elements, which know nothing of the board.

const EDGE = 48 // px at the edge of the page where a drag scrolls it
const HEADER = 64 // px that Streamlit's header covers at the top

// A function that makes the element in `html`, which is fixed markup: never put a name into it.
function template(html) {
  const source = document.createElement("template")
  source.innerHTML = html
  return () => source.content.firstElementChild.cloneNode(true)
}

// Make `children` the children of `parent`, moving only what is not in place already.
function arrange(parent, children) {
  for (const child of [...parent.children]) if (!children.includes(child)) child.remove()
  children.forEach((child, i) => parent.children[i] !== child && parent.insertBefore(child, parent.children[i] ?? null))
}

function away(el, x, y) {
  const { left, right, top, bottom } = el.getBoundingClientRect()
  return [Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)]
}

function inColumns(chip) {
  return getComputedStyle(chip.parentElement).gridTemplateColumns.split(" ").length > 1
}

// Let a released channel glide from the pointer to its place.
function glide({ chip, start }) {
  if (!start || !chip.isConnected || matchMedia("(prefers-reduced-motion: reduce)").matches) return
  const end = chip.getBoundingClientRect()
  const from = `translate(${start.left - end.left}px, ${start.top - end.top}px)`
  chip.animate({ transform: [from, "none"], zIndex: [2, 2] }, { duration: 160, easing: "ease-out" })
}

function scrollerOf(node) {
  for (let el = node; el; el = el.parentElement ?? el.getRootNode().host) {
    if (/auto|scroll/.test(getComputedStyle(el).overflowY) && el.scrollHeight > el.clientHeight) return el
  }
  return document.scrollingElement
}

// Scroll the page while what is in the hand rests near the page's edge and `el` goes on beyond it.
// `point` gives where the hand is, or null once it is empty; `aim` is told after every step.
function autoScroll(el, point, aim, scroller = scrollerOf(el), since = performance.now()) {
  const at = point()
  if (!at) return
  const [page, own] = [scroller, el].map((node) => node.getBoundingClientRect())
  const [top, bottom] = [Math.max(page.top, 0), Math.min(page.bottom, innerHeight)]
  const up = own.top < top + HEADER ? top + EDGE - at.y : 0
  const down = own.bottom > bottom ? at.y - bottom + EDGE : 0
  if (up <= 0 && down <= 0) since = performance.now()
  if (performance.now() - since > 200) {
    scroller.scrollBy(0, Math.min(Math.max(up, down), EDGE) * (up > 0 ? -0.25 : 0.25))
    aim(at.x, at.y)
  }
  requestAnimationFrame(() => autoScroll(el, point, aim, scroller, since))
}

function stop(event) {
  event.preventDefault()
  event.stopPropagation()
}
