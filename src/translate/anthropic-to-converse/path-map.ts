import type { Path } from '../../base/path.ts'
import type { MarkedBlock, MarkedContentBlock, Turn } from './context.ts'

/** Anthropic's names of block kinds that have another name in Converse. */
const converseKinds: ReadonlyMap<string, string> = new Map([
  ['pdf', 'document'],
  ['tool_use', 'toolUse'],
  ['tool_result', 'toolResult'],
  ['thinking', 'reasoningContent'],
  ['redacted_thinking', 'reasoningContent'],
  ['search_result', 'searchResult'],
])

const isOfKind = (unit: MarkedBlock<object> | undefined, kind: string): boolean =>
  unit !== undefined && Object.hasOwn(unit.block, converseKinds.get(kind) ?? kind)

/** The units as they were sent: each followed by its cache point, which is undefined here. */
const asSent = <Block>(units: readonly MarkedBlock<Block>[]): (MarkedBlock<Block> | undefined)[] =>
  units.flatMap((unit) => (unit.cachePoint === undefined ? [unit] : [unit, undefined]))

/** The unit at an index. An error at a cache point belongs to the block before it. */
const unitAt = <Block>(units: readonly MarkedBlock<Block>[], index: number): MarkedBlock<Block> | undefined => {
  const sent = asSent(units)
  return sent[index] ?? (index < sent.length ? sent[index - 1] : undefined)
}

/** Maps parts of a Converse request to their paths in the client's request. */
export class PathMap {
  readonly #turns: readonly Turn[]
  readonly #tools: readonly MarkedBlock<unknown>[]
  readonly #system: readonly MarkedBlock<unknown>[]

  constructor(turns: readonly Turn[], tools: readonly MarkedBlock<unknown>[], system: readonly MarkedBlock<unknown>[]) {
    this.#turns = turns
    this.#tools = tools
    this.#system = system
  }

  /** Path of a Converse message. */
  message(index: number): Path | undefined {
    return this.#turns[index]?.path
  }

  /** Path of a block in a message. Like Converse, counts cache points. `kind`: the block's kind, if known. */
  block(message: number, index: number, kind?: string): Path | undefined {
    return this.#findBlock(message, index, kind)?.path
  }

  /** Path of a part of a tool result. */
  part(message: number, block: number, index: number): Path | undefined {
    return this.#findBlock(message, block, 'tool_result')?.partPaths?.[index]
  }

  /** `isTool`: the error is about a tool, not a cache point. */
  tool(index: number, isTool: boolean): Path | undefined {
    // The model does not count cache points.
    const isPoint = asSent(this.#tools)[index] === undefined
    return (isTool && isPoint ? this.#tools[index] : unitAt(this.#tools, index))?.path
  }

  system(index: number): Path | undefined {
    return unitAt(this.#system, index)?.path
  }

  #findBlock(message: number, index: number, kind: string | undefined): MarkedContentBlock | undefined {
    const units = this.#turns[message]?.units ?? []
    const sent = unitAt(units, index)
    // The model does not count cache points: if the kind matches only without them, use that block.
    if (kind === undefined || isOfKind(sent, kind) || !isOfKind(units[index], kind)) return sent
    return units[index]
  }
}
