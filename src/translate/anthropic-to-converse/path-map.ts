import type { Path } from '../../base/path.ts'
import type { MarkedBlock, MarkedContentBlock, Turn } from './context.ts'

export type PathMap = ReturnType<typeof createPathMap>

/** Anthropic's names for kinds of blocks that Converse calls otherwise. */
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

/** The units with their cache points after them, as they were sent. */
const asSent = <Block>(units: readonly MarkedBlock<Block>[]): (MarkedBlock<Block> | undefined)[] =>
  units.flatMap((unit) => (unit.cachePoint === undefined ? [unit] : [unit, undefined]))

/** A cache point is blamed on the block in front of it. */
const unitAt = <Block>(units: readonly MarkedBlock<Block>[], index: number): MarkedBlock<Block> | undefined => {
  const sent = asSent(units)
  return sent[index] ?? (index < sent.length ? sent[index - 1] : undefined)
}

/** Where the parts of a Converse request stood in the client's. */
export const createPathMap = (
  turns: readonly Turn[],
  tools: readonly MarkedBlock<unknown>[],
  system: readonly MarkedBlock<unknown>[],
) => {
  const findBlock = (message: number, index: number, kind: string | undefined): MarkedContentBlock | undefined => {
    const units = turns[message]?.units ?? []
    const sent = unitAt(units, index)
    // The model itself does not count cache points: where its word for the block tells so, it is believed.
    if (kind === undefined || isOfKind(sent, kind) || !isOfKind(units[index], kind)) return sent
    return units[index]
  }
  return {
    /** Of a Converse message. */
    message: (index: number): Path | undefined => turns[index]?.path,
    /** Of a block in it, counted with its cache points, as Converse counts. `kind` is the block's, where it is known. */
    block: (message: number, index: number, kind?: string): Path | undefined => findBlock(message, index, kind)?.path,
    /** Of a part of a tool result. */
    part: (message: number, block: number, index: number): Path | undefined =>
      findBlock(message, block, 'tool_result')?.partPaths?.[index],
    /** `isTool`: the words say that it is a tool, and no cache point. */
    tool(index: number, isTool: boolean): Path | undefined {
      // The model itself does not count cache points.
      const isPoint = asSent(tools)[index] === undefined
      return (isTool && isPoint ? tools[index] : unitAt(tools, index))?.path
    },
    system: (index: number): Path | undefined => unitAt(system, index)?.path,
  }
}
