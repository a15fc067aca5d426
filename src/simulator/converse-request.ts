import { parseExact } from '../base/exact-json.ts'
import { isObject } from '../base/json.ts'
import type { ContentBlock } from '../wire/converse/content.ts'
import type { ConverseRequest } from '../wire/converse/request.ts'
import { textOf } from './read-request.ts'
import type { SimulatedRequest } from './reply.ts'
import type { OfferedTool, TurnPart } from './request-view.ts'

const toTurnParts = (block: ContentBlock): TurnPart[] => {
  if ('text' in block) return [{ text: block.text }]
  return 'toolResult' in block ? [{ toolResult: textOf(block.toolResult.content) }] : []
}

/** A Converse request in the form that scenarios and the echo read. */
export class SimulatedConverseRequest implements SimulatedRequest {
  readonly body: ConverseRequest
  readonly modelId: string
  readonly isStream: boolean

  constructor(body: ConverseRequest, modelId = '', isStream = false) {
    this.body = body
    this.modelId = modelId
    this.isStream = isStream
  }

  get lastTurn(): readonly TurnPart[] {
    return (this.body.messages.at(-1)?.content ?? []).flatMap(toTurnParts)
  }

  get assistantTurns(): number {
    return this.body.messages.filter(({ role }) => role === 'assistant').length
  }

  get texts(): readonly string[] {
    return this.body.messages.flatMap(({ content }) =>
      content.flatMap((block) => ('text' in block ? [block.text] : [])),
    )
  }

  get tools(): readonly OfferedTool[] {
    return (this.body.toolConfig?.tools ?? []).flatMap((tool) =>
      'toolSpec' in tool ? [{ name: tool.toolSpec.name, schema: tool.toolSpec.inputSchema.json }] : [],
    )
  }

  get forcedTool(): string | true | undefined {
    const choice = this.body.toolConfig?.toolChoice
    if (choice === undefined || 'auto' in choice) return undefined
    return 'tool' in choice ? choice.tool.name : true
  }

  get answerSchema(): unknown {
    const schema = this.body.outputConfig?.textFormat?.structure.jsonSchema.schema
    return schema === undefined ? undefined : parseExact(schema)
  }

  get thinking(): 'none' | 'shown' | 'omitted' {
    const thinking = this.body.additionalModelRequestFields?.['thinking']
    if (!isObject(thinking) || thinking['type'] === 'disabled') return 'none'
    return thinking['display'] === 'omitted' ? 'omitted' : 'shown'
  }
}
