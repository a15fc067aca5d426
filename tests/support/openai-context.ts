import { GatewayError } from '../../src/base/errors.ts'
import { bracketed } from '../../src/base/path.ts'
import { createNotes } from '../../src/messages/notes.ts'
import type { OpenAiContext } from '../../src/translate/openai-entrance/context.ts'

export type OpenAiContextOptions = Partial<Omit<OpenAiContext, 'policy' | 'model' | 'notes'>> & {
  readonly policy?: Partial<OpenAiContext['policy']>
  readonly modelId?: string
  readonly maxOutputTokens?: number
}

/** A context for translations of OpenAI's requests: a model of 64,000 tokens, and the default settings. */
export const openAiContext = ({
  policy,
  modelId = 'us.anthropic.claude-sonnet-4-6',
  maxOutputTokens = 64_000,
  ...others
}: OpenAiContextOptions = {}): OpenAiContext => ({
  model: { id: modelId, maxOutputTokens },
  policy: { defaultMaxTokens: 32_000, autoCache: true, reasoning: 'both', ...policy },
  searchesWeb: false,
  recall: () => undefined,
  notes: createNotes(),
  ...others,
})

export const notedPaths = ({ notes }: OpenAiContext): string[] => notes.all.map(({ path }) => path)

/** The code and the param of the 400 that a translation throws. */
export const refusalOf = (translate: () => unknown): { code: string | undefined; param: string } => {
  try {
    translate()
  } catch (error) {
    if (error instanceof GatewayError && error.status === 400 && error.path !== undefined)
      return { code: error.code, param: bracketed(error.path) }
    throw error
  }
  throw new Error('The translation does not refuse this.')
}
