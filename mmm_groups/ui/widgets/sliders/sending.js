// When a split is sent: while the hand moves, one is on its way at a time.

const GAP = 120 // ms between two sends of one drag
const SILENCE = 2000 // ms without an answer, after which the next one is sent anyway

export class Sending {
  /** @param {(seq: number) => void} send sends what is shown now */
  constructor(send) {
    this.send = send
    this.seq = 0 // of the last change
    this.sent = 0 // the last that was sent
    this.acked = 0 // the last that Python has answered
    this.sentAt = 0
    /** @type {number | null} */
    this.timer = null
  }

  /** True if no change is on its way to Python. */
  get isAnswered() {
    return this.acked >= this.seq
  }

  /**
   * Count from here.
   *
   * @param {number} seq
   */
  countFrom(seq) {
    this.sent = this.seq = seq
  }

  /** Send in a while, unless nothing is new. */
  soon() {
    this.stop()
    if (this.seq <= this.sent) return
    const pause = this.acked < this.sent ? SILENCE : GAP
    this.timer = window.setTimeout(() => this.now(), Math.max(0, this.sentAt + pause - performance.now()))
  }

  /** Send at once, unless nothing is new. */
  now() {
    this.stop()
    if (this.seq <= this.sent) return
    this.sent = this.seq
    this.sentAt = performance.now()
    this.send(this.seq)
  }

  stop() {
    clearTimeout(this.timer ?? undefined)
    this.timer = null
  }
}
