/** Requests of the Messages API as clients of OpenAI's protocols send them. */

interface Block {
  readonly type: string
  readonly text?: string
  readonly id?: string
  readonly name?: string
  readonly input?: unknown
  readonly tool_use_id?: string
  readonly content?: string | readonly Block[]
  readonly source?: { readonly type: string; readonly media_type: string; readonly data: string }
}

/** The parts of a request that this file translates. */
export interface PlainRequest {
  readonly model: string
  readonly max_tokens: number
  readonly system?: readonly Block[]
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[]
  readonly tools?: readonly { readonly name: string; readonly description: string; readonly input_schema: object }[]
}

export type OpenAiWire = 'chat' | 'responses'

const blocksOf = (content: string | readonly Block[]): readonly Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

const textOf = (content: Block['content'] = ''): string =>
  blocksOf(content)
    .map(({ text }) => text)
    .join('')

const imageUrl = ({ source }: Block): string => `data:${source?.media_type};base64,${source?.data}`

const toChatMessages = ({ role, content }: PlainRequest['messages'][number]): object[] => {
  const blocks = blocksOf(content)
  const results = blocks.filter(({ type }) => type === 'tool_result')
  const calls = blocks.filter(({ type }) => type === 'tool_use')
  const parts = blocks
    .filter(({ type }) => type === 'text' || type === 'image')
    .map((block) =>
      block.type === 'text'
        ? { type: 'text', text: block.text }
        : { type: 'image_url', image_url: { url: imageUrl(block) } },
    )
  return [
    ...results.map((result) => ({
      role: 'tool',
      tool_call_id: result.tool_use_id,
      content: textOf(result.content),
    })),
    ...(parts.length === 0 && calls.length === 0
      ? []
      : [
          {
            role,
            content: parts,
            ...(calls.length > 0 && {
              tool_calls: calls.map(({ id, name, input }) => ({
                id,
                type: 'function',
                function: { name, arguments: JSON.stringify(input) },
              })),
            }),
          },
        ]),
  ]
}

const toItems = ({ role, content }: PlainRequest['messages'][number]): object[] =>
  blocksOf(content).map((block) => {
    switch (block.type) {
      case 'tool_use':
        return {
          type: 'function_call',
          call_id: block.id,
          name: block.name,
          arguments: JSON.stringify(block.input),
        }
      case 'tool_result':
        return { type: 'function_call_output', call_id: block.tool_use_id, output: textOf(block.content) }
      case 'image':
        return { type: 'message', role, content: [{ type: 'input_image', image_url: imageUrl(block) }] }
      default: {
        const part = role === 'assistant' ? 'output_text' : 'input_text'
        return { type: 'message', role, content: [{ type: part, text: block.text }] }
      }
    }
  })

const toChat = ({ model, max_tokens, system, messages, tools }: PlainRequest): object => ({
  model,
  max_tokens,
  messages: [...(system ? [{ role: 'system', content: system }] : []), ...messages.flatMap(toChatMessages)],
  ...(tools && {
    tools: tools.map(({ name, description, input_schema: parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    })),
  }),
})

const toResponses = ({ model, max_tokens, system, messages, tools }: PlainRequest): object => ({
  model,
  max_output_tokens: max_tokens,
  input: [
    ...(system
      ? [{ type: 'message', role: 'developer', content: system.map(({ text }) => ({ type: 'input_text', text })) }]
      : []),
    ...messages.flatMap(toItems),
  ],
  ...(tools && {
    tools: tools.map(({ name, description, input_schema: parameters }) => ({
      type: 'function',
      name,
      description,
      parameters,
    })),
  }),
})

export const toOpenAi = (request: PlainRequest, wire: OpenAiWire): object =>
  wire === 'chat' ? toChat(request) : toResponses(request)
