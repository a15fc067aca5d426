import { dotted } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import type { ChatContext } from './context.ts'
import type { PlacedMessage } from './user-messages.ts'

/** Rewrites a provider's error: it describes the body that we sent, and the client needs its own paths (OU-E14). */

/** `messages[6]`, `messages.6`, `messages.[6].content[1]`. */
const inMessages = /\bmessages(?:\.(\d+)|\.?\[(\d+)\])(?:\.content(?:\.(\d+)|\.?\[(\d+)\]))?/g
/** `tools[24]`, `tools.24.function.name`. */
const inTools = /\btools(?:\.(\d+)|\.?\[(\d+)\])(?:\.function)?(\.parameters)?/g
/** Words that may be the name of a tool or the id of a call. */
const names = /[A-Za-z0-9_-]{9,64}/g

const numberIn = (...groups: (string | undefined)[]): number | undefined => {
  const digits = groups.find((group) => group !== undefined)
  return digits === undefined ? undefined : Number(digits)
}

const inClientPlaces = (
  words: string,
  messages: readonly PlacedMessage[],
  tools: readonly { readonly path: Path }[],
): string =>
  words
    .replace(inMessages, (found: string, ...[dot, bracket, partDot, partBracket]: (string | undefined)[]) => {
      const message = messages[numberIn(dot, bracket) ?? -1]
      if (message === undefined) return found
      const part = numberIn(partDot, partBracket)
      if (part === undefined) return dotted(message.path)
      return dotted(message.partPaths?.[part] ?? [...message.path, 'content', part])
    })
    .replace(inTools, (found: string, dot?: string, bracket?: string, parameters?: string) => {
      const tool = tools[numberIn(dot, bracket) ?? -1]
      return tool === undefined ? found : dotted(parameters === undefined ? tool.path : [...tool.path, 'input_schema'])
    })

/** Replaces paths of the sent body, and renamed tools and ids, with those of the client's request. */
export const createToClientWords =
  (
    messages: readonly PlacedMessage[],
    tools: readonly { readonly path: Path }[],
    { toolNames, toolCallIds }: Pick<ChatContext, 'toolNames' | 'toolCallIds'>,
  ) =>
  (words: string): string =>
    inClientPlaces(words, messages, tools).replace(names, (name) => toolNames.toClient(toolCallIds.toClient(name)))
