const invalidCharacters = /[^a-zA-Z0-9_-]/g
/** For an empty id. */
const fallbackId = 'call'

/**
 * Gives each call of a conversation an id that Anthropic accepts and no other call has (OE-C39). The ids depend only on
 * the calls before, so that a longer conversation begins with the same bytes.
 */
export class ToolCallIds {
  readonly #given = new Set<string>()
  /** The last number after each repeated id. */
  readonly #numbers = new Map<string, number>()

  /** Must be called once for each call, in their order. */
  next(clientId: string): string {
    const id = clientId.replace(invalidCharacters, '_') || fallbackId
    let unique = id
    for (let number = this.#numbers.get(id) ?? 2; this.#given.has(unique); number += 1) {
      unique = `${id}_${number}`
      this.#numbers.set(id, number + 1)
    }
    this.#given.add(unique)
    return unique
  }
}
