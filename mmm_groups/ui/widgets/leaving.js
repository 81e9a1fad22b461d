// A click on a link to another page waits until Python has answered the last change: while a part of a page answers,
// Streamlit keeps later changes back, and forgets them when the page is left.

const PATIENCE = 2000 // ms without an answer, after which the page is left anyway

export class Leaving {
  /** @param {() => boolean} isAnswered true if no change is on its way to Python */
  constructor(isAnswered) {
    this.isAnswered = isAnswered
    /** @type {HTMLElement | null} the link that waits */
    this.link = null
    this.goes = false
    this.timer = 0
    this.hear = (/** @type {MouseEvent} */ event) => this.click(event)
    window.addEventListener("click", this.hear, true)
  }

  /** @param {MouseEvent} event */
  click(event) {
    if (this.goes || event.ctrlKey || event.metaKey || event.shiftKey) return
    const path = event.composedPath().filter((node) => node instanceof HTMLElement)
    const link = path.find((el) => el.matches("a[href]:not([download], [target=_blank])"))
    if (!link || this.isAnswered()) return
    event.preventDefault()
    event.stopImmediatePropagation()
    clearTimeout(this.timer)
    this.link = link
    this.timer = window.setTimeout(() => this.go(), PATIENCE)
  }

  /** Python answered something: go where the planner wanted to, if nothing is on its way any more. */
  answered() {
    if (this.link && this.isAnswered()) this.go()
  }

  go() {
    const { link } = this
    clearTimeout(this.timer)
    this.link = null
    this.goes = true
    link?.click()
    this.goes = false
  }

  remove() {
    clearTimeout(this.timer)
    window.removeEventListener("click", this.hear, true)
  }
}
