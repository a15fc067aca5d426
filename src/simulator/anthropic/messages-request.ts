import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { SimulatedRequest } from '../reply.ts'
import type { OfferedTool, TurnPart } from '../request-view.ts'
import type { ApiModel } from './models.ts'
import { blocksOf, type CheckedBody } from './rule.ts'

const textsIn = (blocks: readonly { readonly type: string }[]): string[] =>
  blocks.flatMap((block) => ('text' in block && typeof block.text === 'string' ? [block.text] : []))

const toTurnParts = (block: ContentBlock): TurnPart[] => {
  if (block.type === 'text') return [{ text: block.text }]
  if (block.type !== 'tool_result') return []
  const { content } = block
  return [{ toolResult: typeof content === 'string' ? content : textsIn(content ?? []).join('\n') }]
}

/** A messages request in the form that scenarios and the echo read. */
export class SimulatedMessagesRequest implements SimulatedRequest<CheckedBody> {
  readonly body: CheckedBody
  readonly #model: ApiModel

  constructor(body: CheckedBody, model: ApiModel) {
    this.body = body
    this.#model = model
  }

  get modelId(): string {
    return this.body.model
  }

  get isStream(): boolean {
    return this.body.stream === true
  }

  get lastTurn(): readonly TurnPart[] {
    const { messages } = this.body
    return messages
      .slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1)
      .filter(({ role }) => role === 'user')
      .flatMap((message) => blocksOf(message).flatMap(toTurnParts))
  }

  get assistantTurns(): number {
    return this.body.messages.filter(({ role }) => role === 'assistant').length
  }

  get texts(): readonly string[] {
    return this.body.messages.flatMap((message) => textsIn(blocksOf(message)))
  }

  get tools(): readonly OfferedTool[] {
    return (this.body.tools ?? []).flatMap((tool) => {
      const schema = 'input_schema' in tool ? tool.input_schema : { type: 'object' }
      return tool.name === undefined || tool.name === null ? [] : [{ name: tool.name, schema }]
    })
  }

  get forcedTool(): string | true | undefined {
    const { tool_choice: choice } = this.body
    if (choice?.type === 'tool') return choice.name
    return choice?.type === 'any' ? true : undefined
  }

  get answerSchema(): unknown {
    return (this.body.output_config?.format ?? this.body.output_format)?.schema
  }

  get thinking(): 'none' | 'shown' | 'omitted' {
    const { thinking } = this.body
    if (thinking?.type !== 'enabled' && thinking?.type !== 'adaptive') return 'none'
    if (!this.#model.thinking.includes(thinking.type)) return 'none'
    return 'display' in thinking && thinking.display === 'omitted' ? 'omitted' : 'shown'
  }
}
