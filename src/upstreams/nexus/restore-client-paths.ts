import { dotted } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import type { PathMap } from '../../translate/anthropic-to-converse/path-map.ts'

/**
 * Converts paths in an error's message to the client's indices. Bedrock's indices are those of the sent request, after
 * turns were merged and blocks dropped, from 1 (`messages.3.member.content.2.member.image`) or from 0
 * (`messages.2.content.1.image`). Claude Code deletes the image at the path in the message.
 */

/** Anthropic's names for Converse's kinds of blocks. Other names are the same. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['toolUse', 'tool_use'],
  ['toolResult', 'tool_result'],
  ['reasoningContent', 'thinking'],
  ['searchResult', 'search_result'],
])

const inMessages =
  /\bmessages(?:\.(\d+)(\.member)?|\[(\d+)\])(\.content(?:(?:\.(\d+)(?:\.member)?|\[(\d+)\])(?:\.(\w+)(?:\.content(?:\.(\d+)(?:\.member)?|\[(\d+)\]))?)?)?)?/g
const inTools = /\b(?:toolConfig\.)?tools(?:\.(\d+)(\.member)?|\[(\d+)\])(?:\.toolSpec)?(?=(\.custom)?)/g
const inSystem = /\bsystem(?:\.(\d+)(\.member)?|\[(\d+)\])/g

const numberIn = (...groups: (string | undefined)[]): number | undefined => {
  const digits = groups.find((group) => group !== undefined)
  return digits === undefined ? undefined : Number(digits)
}

const blockPath = (
  found: string,
  paths: PathMap,
  [message, block, part]: readonly [number, number, number | undefined],
  kind: string | undefined,
): string => {
  const partPath = part === undefined ? undefined : paths.part(message, block, part)
  if (partPath !== undefined) return dotted(partPath)
  const path = paths.block(message, block, kind)
  if (path === undefined) return found
  const rest = part === undefined ? [] : ['content', part]
  return dotted([...path, ...(kind === undefined ? [] : [kind]), ...rest])
}

/** Replaces the paths in a message with the client's. An unknown path stays unchanged. */
export const restoreClientPaths = (message: string, paths: PathMap): string => {
  const restore =
    (find: (index: number) => Path | undefined) =>
    (found: string, dot?: string, member?: string, bracket?: string): string => {
      const path = find((numberIn(dot, bracket) ?? 0) - (member === undefined ? 0 : 1))
      return path === undefined ? found : dotted(path)
    }
  return message
    .replace(inMessages, (found: string, ...groups: (string | undefined)[]) => {
      const [dot, member, bracket, content, blockDot, blockBracket, converseKind, partDot, partBracket] = groups
      const first = member === undefined ? 0 : 1
      const index = (numberIn(dot, bracket) ?? 0) - first
      const block = numberIn(blockDot, blockBracket)
      if (block === undefined) {
        const path = paths.message(index)
        return path === undefined ? found : dotted(path) + (content ?? '')
      }
      const part = numberIn(partDot, partBracket)
      const kind = converseKind === undefined ? undefined : (kinds.get(converseKind) ?? converseKind)
      return blockPath(found, paths, [index, block - first, part === undefined ? undefined : part - first], kind)
    })
    .replace(inTools, (found: string, dot?: string, member?: string, bracket?: string, custom?: string) =>
      restore((index) => paths.tool(index, custom !== undefined))(found, dot, member, bracket),
    )
    .replace(
      inSystem,
      restore((index) => paths.system(index)),
    )
}
