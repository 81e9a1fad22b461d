// What moves by itself: a channel that glides to its place, and the page below a drag.

const EDGE = 48 // px at the edge of the page where a drag scrolls it
const HEADER = 64 // px that Streamlit's header covers at the top
const REST = 200 // ms at the edge before the page begins to scroll

/**
 * Let a released channel glide from where the hand let go of it to its place.
 *
 * @param {HTMLElement} chip
 * @param {DOMRect | undefined} start
 */
export function glide(chip, start) {
  if (!start || !chip.isConnected || matchMedia("(prefers-reduced-motion: reduce)").matches) return
  const end = chip.getBoundingClientRect()
  const from = `translate(${start.left - end.left}px, ${start.top - end.top}px)`
  chip.animate({ transform: [from, "none"], zIndex: [2, 2] }, { duration: 160, easing: "ease-out" })
}

/**
 * Scroll the page while what is in the hand rests near the page's edge and `el` goes on beyond it.
 *
 * @param {HTMLElement} el
 * @param {() => {x: number, y: number} | null | undefined} point where the hand is; nothing once it is empty
 * @param {(x: number, y: number) => void} aim told after every step
 */
export function autoScroll(el, point, aim) {
  const scroller = scrollerOf(el)
  let since = performance.now()
  const step = () => {
    const at = point()
    if (!at) return
    const [page, own] = [scroller, el].map((node) => node.getBoundingClientRect())
    const [top, bottom] = [Math.max(page.top, 0), Math.min(page.bottom, innerHeight)]
    const up = own.top < top + HEADER ? top + EDGE - at.y : 0
    const down = own.bottom > bottom ? at.y - bottom + EDGE : 0
    if (up <= 0 && down <= 0) since = performance.now()
    if (performance.now() - since > REST) {
      scroller.scrollBy(0, Math.min(Math.max(up, down), EDGE) * (up > 0 ? -0.25 : 0.25))
      aim(at.x, at.y)
    }
    requestAnimationFrame(step)
  }
  step()
}

/**
 * The nearest ancestor that scrolls, also beyond a shadow root.
 *
 * @param {Element} node
 */
function scrollerOf(node) {
  for (let el = /** @type {Element | undefined} */ (node); el; el = el.parentElement ?? hostOf(el)) {
    if (/auto|scroll/.test(getComputedStyle(el).overflowY) && el.scrollHeight > el.clientHeight) return el
  }
  return document.scrollingElement ?? document.documentElement
}

/** @param {Element} el */
function hostOf(el) {
  const root = el.getRootNode()
  return root instanceof ShadowRoot ? root.host : undefined
}
