// Groups change places: a card is dragged by its grip, or the arrow keys move it at once.

class GroupMover {
  constructor(board) {
    this.board = board
    this.press = this.target = null
    this.escape = (event) => event.key === "Escape" && (stop(event), this.end())
  }

  // True while a card is dragged.
  get holds() {
    return Boolean(this.press?.moved)
  }

  begin(event, card) {
    this.press = { id: event.pointerId, x: event.clientX, y: event.clientY, card, moved: false }
    this.board.el.setPointerCapture(event.pointerId)
  }

  move({ clientX: x, clientY: y }) {
    const { press, board } = this
    if (!press.moved) {
      if (Math.hypot(x - press.x, y - press.y) < SLOP) return
      press.moved = true
      press.card.dataset.held = ""
      board.el.dataset.dragging = ""
      document.addEventListener("keydown", this.escape, true)
      autoScroll(board.el, () => this.press, (left, top) => this.aim(left, top))
    }
    Object.assign(press, { x, y })
    this.aim(x, y)
  }

  // Show with a line where the card would land among the others.
  aim(x, y) {
    const cards = this.board.groupCards().filter((card) => card !== this.press.card)
    this.target = null
    this.board.marker.hidden = true
    if (!cards.length) return
    const score = cards.map((card) => away(card, x, y)).map(([dx, dy]) => dx + 1000 * dy)
    const card = cards[score.indexOf(Math.min(...score))]
    const box = card.getBoundingClientRect()
    const across = inColumns(card)
    const after = across ? x > box.left + box.width / 2 : y > box.top + box.height / 2
    this.target = { index: cards.indexOf(card) + (after ? 1 : 0) }
    this.board.mark(card, !after, across, 6)
  }

  // Let go; with `drop`, at the place that is shown. Returns whether a card was dragged.
  end(drop = false) {
    const { press, target, board } = this
    this.press = this.target = null
    if (!press?.moved) return false
    document.removeEventListener("keydown", this.escape, true)
    delete press.card.dataset.held
    delete board.el.dataset.dragging
    board.marker.hidden = true
    board.takeWaiting()
    if (drop && target) board.moveGroup(press.card.dataset.group, target.index)
    else board.say("The group stays where it was.")
    return true
  }
}
