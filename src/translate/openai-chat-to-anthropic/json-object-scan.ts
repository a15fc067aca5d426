const code = { quote: 34, openArray: 91, backslash: 92, closeArray: 93, openObject: 123, closeObject: 125, space: 32 }

/** Finds the end of a JSON object that arrives in pieces. It reads each character once, without validation. */
export class JsonObjectScan {
  #depth = 0
  #isInString = false
  #isEscaped = false
  #hasEnded = false
  #hasRest = false

  /** The object's last bracket has arrived, and after it only white space. */
  get isClosed(): boolean {
    return this.#hasEnded && !this.#hasRest
  }

  push(piece: string): void {
    for (let at = 0; at < piece.length; at += 1) {
      const unit = piece.charCodeAt(at)
      if (this.#hasEnded) this.#hasRest ||= unit > code.space
      else if (this.#isInString) this.#readInString(unit)
      else this.#readOutside(unit)
    }
  }

  #readInString(unit: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (unit === code.backslash) this.#isEscaped = true
    else if (unit === code.quote) this.#isInString = false
  }

  #readOutside(unit: number): void {
    if (unit === code.quote) this.#isInString = true
    else if (unit === code.openObject || unit === code.openArray) this.#depth += 1
    else if (unit === code.closeObject || unit === code.closeArray) {
      this.#depth -= 1
      this.#hasEnded = this.#depth === 0
    }
  }
}
