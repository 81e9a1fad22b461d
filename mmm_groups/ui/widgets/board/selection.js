// Channels that are selected to be moved together.

export class Selection {
  /** @param {() => string[]} order gives all channels that can be seen, in the order in which they are shown */
  constructor(order) {
    this.order = order
    /** @type {Set<string>} */
    this.names = new Set()
    /** @type {string | null} where a range begins */
    this.anchor = null
  }

  /** @param {string} name */
  has(name) {
    return this.names.has(name)
  }

  get size() {
    return this.names.size
  }

  clear() {
    this.names.clear()
    this.anchor = null
  }

  /**
   * This one and no other; once more takes it back.
   *
   * @param {string} name
   */
  only(name) {
    const alone = this.size === 1 && this.has(name)
    this.clear()
    if (!alone) this.toggle(name)
  }

  /** @param {string} name */
  toggle(name) {
    if (!this.names.delete(name)) this.names.add(name)
    this.anchor = name
  }

  /**
   * From where the range began to `name`.
   *
   * @param {string} name
   */
  through(name) {
    const order = this.order()
    if (this.anchor === null || !order.includes(this.anchor)) this.anchor = name
    const [first, last] = [order.indexOf(this.anchor), order.indexOf(name)].sort((a, b) => a - b)
    this.names = new Set(order.slice(first, last + 1))
  }

  all() {
    this.names = new Set(this.order())
  }

  /**
   * Forget what is not on the board any more.
   *
   * @param {Set<string>} known
   */
  keep(known) {
    for (const name of this.names) if (!known.has(name)) this.names.delete(name)
  }
}
