import type { CachePoint } from '../wire/converse/content.ts'
import { byModel, firstOf, type Refusal, type Rule } from './rule.ts'

/** Bedrock's rules for cache points. */

type Block = Readonly<Record<string, unknown>>

const maximumPoints = 4

const pointsIn = (blocks: readonly object[]): CachePoint[] =>
  blocks.flatMap((block) => ('cachePoint' in block ? [block.cachePoint as CachePoint] : []))

const isTextDocument = (block: Block | undefined): boolean =>
  block !== undefined && 'document' in block && (block['document'] as { format: string }).format !== 'pdf'

const checkPositions = (blocks: readonly object[], path: string): Refusal | undefined =>
  firstOf(blocks as readonly Block[], (block, index) => {
    if (!('cachePoint' in block)) return undefined
    const before = (blocks as readonly Block[]).slice(0, index).findLast((candidate) => !('cachePoint' in candidate))
    if (before === undefined) return 'There is nothing available to cache.'
    if ('reasoningContent' in before) {
      return 'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.'
    }
    return isTextDocument(before) ? byModel(`${path}.${index}.type: Field required`) : undefined
  })

const position: Rule = ({ body: { toolConfig, system = [], messages } }) =>
  checkPositions(toolConfig?.tools ?? [], 'tools') ??
  checkPositions(system, 'system') ??
  firstOf(messages, ({ content }, index) => checkPositions(content, `messages.${index}.content`))

const number: Rule = ({ body: { toolConfig, system = [], messages } }) => {
  const points = [
    ...pointsIn(toolConfig?.tools ?? []),
    ...pointsIn(system),
    ...messages.flatMap(({ content }) => pointsIn(content)),
  ]
  if (points.length > maximumPoints) {
    return byModel(`A maximum of ${maximumPoints} blocks with cache_control may be provided. Found ${points.length}.`)
  }
  const firstShort = points.findIndex((point) => point.ttl !== '1h')
  const lastLong = points.findLastIndex((point) => point.ttl === '1h')
  return firstShort !== -1 && lastLong > firstShort
    ? byModel("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block")
    : undefined
}

const lifetime: Rule = ({ body: { toolConfig, system = [], messages }, model: { cacheLifetimes } }) => {
  if (cacheLifetimes === undefined) return undefined
  const words =
    cacheLifetimes.length === 0
      ? 'Extra inputs are not permitted'
      : `Input should be ${cacheLifetimes.map((ttl) => `'${ttl}'`).join(' or ')}`
  const checkLifetimes = (blocks: readonly object[], path: string): Refusal | undefined =>
    firstOf(blocks, (block, index) => {
      const ttl = pointsIn([block])[0]?.ttl
      if (ttl === undefined || cacheLifetimes.includes(ttl)) return undefined
      return byModel(`${path}.${index - 1}.cache_control.ephemeral.ttl: ${words}`)
    })
  return (
    checkLifetimes(toolConfig?.tools ?? [], 'tools') ??
    checkLifetimes(system, 'system') ??
    firstOf(messages, ({ content }, index) => checkLifetimes(content, `messages.${index}.content`))
  )
}

export const cacheRules: readonly Rule[] = [position, number, lifetime]
