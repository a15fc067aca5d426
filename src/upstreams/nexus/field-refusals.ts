import { gatedFields } from '../../translate/anthropic-to-converse/additional-fields.ts'
import { valueAt } from '../../translate/capabilities/overrides.ts'
import { effortLevels } from '../../wire/anthropic/request.ts'
import type { ConverseRequest } from '../../wire/converse/request.ts'
import {
  additionalOf,
  type Diagnosis,
  lacking,
  noCachePoints,
  noCitations,
  noEffort,
  noLongCachePoints,
  noResponseFields,
  noSchema,
  noStrictTools,
  type RefusalRule,
} from './diagnosis.ts'

/** Refusals that name a field, or a value in it. */

/** Whether a path was sent: the message of a refusal may quote anything. */
const wasSent = (sent: ConverseRequest, path: string): boolean => valueAt(additionalOf(sent), path) !== undefined

const byField: ReadonlyMap<string, Diagnosis> = new Map([
  ['output_config', noEffort],
  ['output_config.effort', noEffort],
  ['output_config.format', noSchema],
])

/** Fields whose members have fixed names; in others the client chooses the names. */
const named: ReadonlySet<string> = new Set(['thinking', 'output_config', 'context_management'])

/** The part of a path that may be logged. */
const publicName = (path: string): string => {
  const [first = '', second] = path.split('.')
  return named.has(first) && second !== undefined ? `${first}.${second}` : first
}

const refusedField = (field: string, sent: ConverseRequest): Diagnosis | undefined => {
  const known = byField.get(field)
  if (known !== undefined || !wasSent(sent, field)) return known
  // The flag is useless without the field.
  const flag = gatedFields.get(field)?.beta
  return {
    what: publicName(field),
    overrides: { refusedFields: [field], ...(flag !== undefined && { refusedBetas: [flag] }) },
  }
}

/** The model puts the type of thinking into the path (`thinking.adaptive.display`). */
const publicThinkingPath = (path: string): string => path.replace(/^thinking\..*\.(\w+)$/, 'thinking.$1')

const toolMembers: ReadonlyMap<string, Diagnosis> = new Map([
  ['strict', noStrictTools],
  ['cache_control', noCachePoints],
])

const extraInTools: RefusalRule = (words) =>
  [...words.matchAll(/\btools(?:\.\d+|\[\d+\])(?:\.custom)?\.(\w{1,40}): Extra inputs are not permitted/gi)].map(
    ([, member = '']) => toolMembers.get(member),
  )

const extraInFields: RefusalRule = (words, sent) =>
  [
    ...words.matchAll(
      /\b(output_config(?:\.effort|\.format)?|context_management|safeguards|thinking(?:\.[a-z_]{1,20})?\.(?:display|block_binding))(?:\.\w{1,40}){0,4}: Extra inputs are not permitted/gi,
    ),
  ].map(([, field = '']) => refusedField(publicThinkingPath(field), sent))

/** Members of the Converse request, and what to leave out for them. */
const spared: ReadonlyMap<string, Diagnosis> = new Map([
  ['outputConfig', noSchema],
  ['cachePoint', noCachePoints],
  ['ttl', noLongCachePoints],
  ['strict', noStrictTools],
  ['citations', noCitations],
  ['searchResult', noCitations],
  ['additionalModelResponseFieldPaths', noResponseFields],
])

const extraneousKeys: RefusalRule = (words, sent) =>
  [...words.matchAll(/(?:#((?:\/\w{1,40}){0,4}): )?extraneous key \[(\w{1,40})\] is not permitted/gi)].map(
    ([, pointer = '', key = '']) => {
      const path = [...pointer.split('/').filter((step) => step !== ''), key].join('.')
      return spared.get(key) ?? refusedField(path, sent)
    },
  )

/** Converse's message for a member that the model does not support. The innermost known member counts. */
const unsupportedFields: RefusalRule = (words) =>
  [...words.matchAll(/(?:doesn't|does not) support the ([\w.]{1,100}) field/gi)].map(([, path = '']) =>
    spared.get(path.split('.').findLast((step) => spared.has(step)) ?? ''),
  )

/** The diagnosis for a refused value. `taken`: the values that the model accepts. */
const refusedValue = (path: string, value: string, taken: readonly string[]): Diagnosis => {
  if (path === 'thinking.type') {
    const refusedThinking = (['enabled', 'adaptive'] as const).filter((type) => type === value)
    return { what: `thinking of the type '${refusedThinking.join()}'`, overrides: { refusedThinking } }
  }
  const what = `${publicName(path)} other than ${taken.join(', ')}`
  if (path !== 'output_config.effort') return { what, overrides: { takenValues: { [path]: taken } } }
  return lacking(what, { effort: effortLevels.filter((level) => taken.includes(level)) })
}

/** `Input should be 'summarized' or 'omitted'`: from now on, other values are left out. */
const values: RefusalRule = (words, sent) =>
  [
    ...words.matchAll(
      /\b((?:thinking|output_config)(?:\.[a-z_]{1,30}){1,3}): Input should be ('[a-z\d_-]{1,40}'(?:(?:,| or|, or) '[a-z\d_-]{1,40}'){0,20})/gi,
    ),
  ].map(([, found = '', list = '']) => {
    const path = publicThinkingPath(found)
    const taken = [...list.matchAll(/'([^']+)'/g)].map(([, value = '']) => value)
    const value = valueAt(additionalOf(sent), path)
    return typeof value === 'string' && !taken.includes(value) ? refusedValue(path, value, taken) : undefined
  })

const conflicts: RefusalRule = (words, sent) =>
  [...words.matchAll(/additional field ([\w./]{1,64}) conflicts/gi)].map(([, field = '']) => {
    const path = field.replaceAll('/', '.')
    const [first] = path.split('.')
    if (first === 'tool_choice' || !wasSent(sent, path)) return undefined
    return { what: `the additional field ${publicName(path)}`, overrides: { refusedFields: [path] } }
  })

export const fieldRefusals: readonly RefusalRule[] = [
  extraInTools,
  extraInFields,
  extraneousKeys,
  unsupportedFields,
  values,
  conflicts,
]

const noToolLimit = 'a limit to one tool at a time'

/** Only if no other rule matches: many refusals mention tool_choice, few are about our additional field for it. */
export const toolChoice: RefusalRule = (words, sent) => {
  const choice = additionalOf(sent)['tool_choice'] as { type?: unknown } | undefined
  if (choice === undefined || !/tool_choice/i.test(words)) return []
  if (choice.type === 'none') return [lacking('being kept from its tools', { toolChoiceNone: false })]
  const isOfLimit = /tool_choice\.disable_parallel/i.test(words)
  // If the additional field itself is refused, it is not sent any more.
  return [lacking(noToolLimit, { toolLimit: false, ...(!isOfLimit && { toolChoiceNone: false }) })]
}
