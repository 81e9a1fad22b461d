// Tenths of a percent as text.

/**
 * Tenths from what was typed, with either decimal sign; null if it is not a number.
 *
 * @param {string} text
 */
export function fromPercent(text) {
  const plain = text.replace(/[\s%]/g, "").replace(",", ".")
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Math.round(Number(plain) * 10) : null
}

/** @param {number} tenths */
export function toPercent(tenths) {
  return (tenths / 10).toFixed(1)
}
