import { expect } from 'bun:test'
import { isObject } from '../../src/base/json.ts'
import { simulatedModels } from '../../src/simulator/models.ts'
import { validateRequest } from '../../src/simulator/validate-request.ts'
import { type ConverseTranslation, toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'
import { type CapabilityOverrides, noOverrides } from '../../src/translate/capabilities/overrides.ts'
import { defaultPolicy, type TranslationPolicy } from '../../src/translate/policy.ts'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import type { ConverseRequest } from '../../src/wire/converse/request.ts'
import { findIssue } from '../../src/wire/issue.ts'
import { request } from './chain.ts'

export interface TranslateOptions {
  readonly modelId?: string
  readonly betas?: readonly string[]
  /** Changes of the default. */
  readonly policy?: Partial<TranslationPolicy>
  readonly overrides?: Partial<CapabilityOverrides>
}

/** Checks a request's schema and translates it. Throws the errors of the translation. */
export const translate = (
  members: object,
  { modelId = 'claude-sonnet-4.6', betas = [], policy = {}, overrides = {} }: TranslateOptions = {},
): ConverseTranslation => {
  const whole = request(members)
  expect(findIssue(MessagesRequest, whole)).toBeUndefined()
  return toConverseRequest(whole as MessagesRequest, {
    modelId,
    betas,
    policy: { ...defaultPolicy, ...policy },
    overrides: { ...noOverrides, ...overrides },
  })
}

/** The body, checked by Bedrock's rules. */
export const validBody = (members: object, options: TranslateOptions = {}): ConverseRequest => {
  const { body } = translate(members, options)
  const model = simulatedModels.find(({ id }) => id === (options.modelId ?? 'claude-sonnet-4.6'))
  if (model !== undefined) expect(validateRequest(body, model)).toBeUndefined()
  return body
}

/** The message of the thrown error. Throws if `act` does not throw. */
export const refusalMessage = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  throw new Error('nothing was refused')
}

export const user = (...content: unknown[]): object => ({ role: 'user', content: content.map(block) })
export const assistant = (...content: unknown[]): object => ({ role: 'assistant', content: content.map(block) })
const block = (content: unknown): unknown => (typeof content === 'string' ? { type: 'text', text: content } : content)

export const toolUse = (id: string, name = 'Bash', input: unknown = {}): object => ({
  type: 'tool_use',
  id,
  name,
  input,
})
export const toolResult = (id: string, content: unknown = 'ok', more: object = {}): object => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
})
export const tool = (name: string, more: object = {}): object => ({
  name,
  description: `The tool ${name}.`,
  input_schema: { type: 'object', properties: {} },
  ...more,
})
export const cachedText = (text: string, ttl?: '5m' | '1h'): object => ({
  type: 'text',
  text,
  cache_control: { type: 'ephemeral', ...(ttl && { ttl }) },
})
export const cachePoint = { cachePoint: { type: 'default' } } as const

/** One pixel. */
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
export const image = (data: string = png, mediaType = 'image/png'): object => ({
  type: 'image',
  source: { type: 'base64', media_type: mediaType, data },
})

/** A body without its cache points. */
export const withoutPoints = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter((item) => !(isObject(item) && 'cachePoint' in item)).map(withoutPoints)
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutPoints(inner)]))
    : value
}
