import { dotted } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import type { ChatContext } from './context.ts'
import type { PlacedMessage } from './user-messages.ts'

/** A provider's words about the body that we sent, in the client's terms (OU-E14). */

/** `messages[6]`, `messages.6`, `messages.[6].content[1]`. */
const inMessages = /\bmessages(?:\.(\d+)|\.?\[(\d+)\])(?:\.content(?:\.(\d+)|\.?\[(\d+)\]))?/g
/** `tools[24]`, `tools.24.function.name`. */
const inTools = /\btools(?:\.(\d+)|\.?\[(\d+)\])(?:\.function)?(\.parameters)?/g
/** Names of tools and ids of calls, among other words. */
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

/** Replaces places of the body by those of the client's request, and names and ids that were changed by the client's. */
export const createToClientWords =
  (
    messages: readonly PlacedMessage[],
    tools: readonly { readonly path: Path }[],
    { toolNames, toolCallIds }: Pick<ChatContext, 'toolNames' | 'toolCallIds'>,
  ) =>
  (words: string): string =>
    inClientPlaces(words, messages, tools).replace(names, (name) => toolNames.toClient(toolCallIds.toClient(name)))
