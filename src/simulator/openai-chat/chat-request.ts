import type { Json } from '../../base/json.ts'
import type { SimulatedRequest } from '../reply.ts'
import type { OfferedTool, TurnPart } from '../request-view.ts'
import type { Face } from './face.ts'
import type { ChatModel } from './models.ts'
import type { ChatBody, ChatMessage } from './schema.ts'
import { chosenTool } from './tool-rules.ts'

/** The texts of a message, in order. */
const textsOf = ({ content }: ChatMessage): readonly string[] => {
  if (typeof content === 'string') return [content]
  return (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : []))
}

/** Clients that send a turn as one string put their reminders in front of the user's words. */
const reminders = /(<system-reminder>[\s\S]*?<\/system-reminder>)/

const withoutBlank = (texts: readonly string[]): string[] =>
  texts.map((text) => text.trim()).filter((text) => text !== '')

const turnParts = (message: ChatMessage): readonly TurnPart[] => {
  if (message.role === 'tool') return [{ toolResult: textsOf(message).join('\n') }]
  if (message.role !== 'user') return []
  return withoutBlank(textsOf(message).flatMap((text) => text.split(reminders))).map((text): TurnPart => ({ text }))
}

/** A Chat Completions request in the form that scenarios and the echo read. */
export class SimulatedChatRequest implements SimulatedRequest<ChatBody> {
  readonly modelId: string
  readonly body: ChatBody
  readonly #face: Face
  readonly #model: ChatModel

  constructor(body: ChatBody, model: ChatModel, face: Face) {
    this.modelId = body.model
    this.body = body
    this.#face = face
    this.#model = model
  }

  get isStream(): boolean {
    return this.body.stream === true
  }

  get lastTurn(): readonly TurnPart[] {
    const { messages } = this.body
    return messages.slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1).flatMap(turnParts)
  }

  get assistantTurns(): number {
    return this.body.messages.filter(({ role }) => role === 'assistant').length
  }

  get texts(): readonly string[] {
    return this.body.messages.flatMap(textsOf)
  }

  get tools(): readonly OfferedTool[] {
    return (this.body.tools ?? []).flatMap(({ function: tool }) =>
      tool === undefined ? [] : [{ name: tool.name, schema: tool.parameters }],
    )
  }

  get forcedTool(): string | true | undefined {
    if (this.#face.ignoresChoice === true) return undefined
    const { tool_choice: choice } = this.body
    return chosenTool(this.body) ?? (choice === 'required' || choice === 'any' ? true : undefined)
  }

  get answerSchema(): unknown {
    const { response_format: format } = this.body
    const anyObject: Json = { type: 'object' }
    return format?.json_schema?.schema ?? (format?.type === 'json_object' ? anyObject : undefined)
  }

  get thinking(): 'none' | 'shown' {
    return this.#face.thinks(this.body, this.#model) ? 'shown' : 'none'
  }
}
