import { setMostRecent } from '../../base/lru.ts'
import type { ContentHash } from '../../runtime/content-hash.ts'
import type { PromptUnit, SentPrompt } from '../../upstreams/call-audit.ts'
import type { MessagesRequest, Tool } from '../../wire/anthropic/request.ts'
import { HashWriter, writeUnmarked } from './hash-writer.ts'
import { SentWriter } from './sent-writer.ts'

/** The hash of a tool of this number of characters. */
interface SizedHash {
  readonly hash: bigint
  readonly size: number
}

/** The hashes of a request's tools, which are the same in most requests of a client. */
export interface ToolHashes {
  /** Each continues the one before. */
  readonly sent: readonly SizedHash[]
  /** The client's own, in its order; each continues the one before. */
  readonly client: readonly bigint[]
  /** Position of each tool of the request; undefined for one that does not count. */
  readonly positions: readonly (number | undefined)[]
  /** Positions with a cache marker. */
  readonly markers: readonly number[]
}

const noTools: ToolHashes = { sent: [], client: [], positions: [], markers: [] }

/** Sets of tools to remember: more than the clients of a server use at a time. */
const rememberedSets = 50
/** The place of tools; turns have their number. */
const toolsPlace = -2
/** Lengths of the end of a body, from the tools on. */
const rememberedLengths = 20

/** Blocks of system messages that change the tools. */
const toolChanges = ({ messages }: MessagesRequest): object[] =>
  messages.flatMap(({ role, content }) =>
    role === 'system' && Array.isArray(content)
      ? content.filter(({ type }) => type === 'tool_addition' || type === 'tool_removal')
      : [],
  )

/** A tool that the client defers counts from the time on at which it is sent: then the client has loaded it. */
const countedTools = ({ tools }: MessagesRequest, units: readonly PromptUnit[]): [Tool, number][] => {
  const sent = new Set(units.flatMap(({ path }) => (path[0] === 'tools' ? [path[1]] : [])))
  return (tools ?? []).flatMap((tool, index): [Tool, number][] =>
    tool.defer_loading !== true || sent.has(index) ? [[tool, index]] : [],
  )
}

/** Returns the function that hashes the tools of a request. To hash a schema takes long, so it remembers them by their text. */
export const createToolHashes = (hash: ContentHash): ((prompt: SentPrompt) => ToolHashes) => {
  const known = new Map<bigint, ToolHashes>()
  const writer = new HashWriter(hash)
  const sentWriter = new SentWriter(hash)
  const lengths = new Map<number, true>()

  /** The body's text from the tools on. It usually has the length of a text that is known. */
  const tailOf = (text: string, start: string): string => {
    for (const length of lengths.keys()) {
      if (text.startsWith(start, text.length - length)) return text.slice(-length)
    }
    const tail = text.slice(Math.max(text.indexOf(start), 0))
    setMostRecent(lengths, tail.length, true, rememberedLengths)
    return tail
  }

  const hashSent = (units: readonly PromptUnit[]): SizedHash[] => {
    let before: bigint | undefined
    return units.map(({ block }) => {
      const hash = sentWriter.write(block, before, toolsPlace)
      before = hash
      return { hash, size: sentWriter.size }
    })
  }

  const hashClients = (tools: readonly object[]): bigint[] => {
    let before: bigint | undefined
    return tools.map((tool) => {
      const hash = writeUnmarked(writer.start(before), tool).finish()
      before = hash
      return hash
    })
  }

  const hashAll = ({ request, units: { tools } }: SentPrompt): ToolHashes => {
    const counted = countedTools(request, tools)
    const positions: (number | undefined)[] = []
    for (const [position, [, index]] of counted.entries()) positions[index] = position
    return {
      sent: hashSent(tools),
      client: hashClients([...counted.map(([tool]) => tool), ...toolChanges(request)]),
      positions,
      markers: counted.flatMap(([{ cache_control }], position) => (cache_control ? [position] : [])),
    }
  }

  return (prompt) => {
    const { request, units, text, toolsStart } = prompt
    if (units.tools.length === 0) return request.tools?.length ? hashAll(prompt) : noTools
    writer.start(hash.text(tailOf(text, toolsStart))).number(request.tools?.length ?? 0)
    for (const { path } of units.tools) writer.number(typeof path[1] === 'number' ? path[1] : -1)
    const key = writer.finish()
    const remembered = known.get(key)
    if (remembered !== undefined) return remembered
    const hashes = hashAll(prompt)
    setMostRecent(known, key, hashes, rememberedSets)
    return hashes
  }
}
