/** The requests that wait for a place upstream, in the order in which they get one (OP-L13). */

export interface Waiting {
  readonly client: string
  readonly isSubagent: boolean
}

/** The requests of one client: those of the main thread come first. */
interface Line<Item> {
  readonly main: Set<Item>
  readonly subagents: Set<Item>
}

const sizeOf = <Item>({ main, subagents }: Line<Item>): number => main.size + subagents.size

const laneOf = <Item extends Waiting>(line: Line<Item>, { isSubagent }: Item): Set<Item> =>
  isSubagent ? line.subagents : line.main

const lastOf = <Item>(items: Set<Item>): Item | undefined => [...items].at(-1)

export class WaitingRequests<Item extends Waiting> {
  /** The client whose turn is next comes first. */
  readonly #lines = new Map<string, Line<Item>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(item: Item): void {
    const line = this.#lines.get(item.client) ?? { main: new Set(), subagents: new Set() }
    this.#lines.set(item.client, line)
    laneOf(line, item).add(item)
    this.#size += 1
  }

  /** Returns whether the request waited. */
  remove(item: Item): boolean {
    const line = this.#lines.get(item.client)
    if (line === undefined || !laneOf(line, item).delete(item)) return false
    this.#size -= 1
    if (sizeOf(line) === 0) this.#lines.delete(item.client)
    return true
  }

  /** Removes the next request that may start: clients take turns. Returns undefined if there is none. */
  takeNext(mayStart: (item: Item) => boolean): Item | undefined {
    for (const [client, line] of this.#lines) {
      for (const lane of [line.main, line.subagents]) {
        for (const item of lane) {
          if (!mayStart(item)) continue
          this.remove(item)
          if (this.#lines.delete(client)) this.#lines.set(client, line)
          return item
        }
      }
    }
    return undefined
  }

  /**
   * The request that makes room for a new one in a full queue, so that a client with many requests leaves room for
   * others, and subagents for the main thread. Returns undefined if the new request itself is the last in line.
   */
  lastBehind({ client, isSubagent }: Waiting): Item | undefined {
    const own = this.#lines.get(client)
    const ownSize = own === undefined ? 0 : sizeOf(own)
    let longest: Line<Item> | undefined
    for (const line of this.#lines.values()) {
      if (longest === undefined || sizeOf(line) > sizeOf(longest)) longest = line
    }
    // With the new request, its client must not have more than the one that makes room.
    if (longest !== undefined && sizeOf(longest) > ownSize + 1) return lastOf(longest.subagents) ?? lastOf(longest.main)
    return isSubagent || own === undefined ? undefined : lastOf(own.subagents)
  }

  all(): readonly Item[] {
    return [...this.#lines.values()].flatMap(({ main, subagents }) => [...main, ...subagents])
  }
}
