import type { Config } from '../../../config/load.ts'
import { noUsage } from '../../../messages/usage.ts'
import type { ResolvedModel } from '../../../models/resolver.ts'
import { clientSpelling } from '../../../models/resolver.ts'
import { capabilitiesOf } from '../../../translate/capabilities/table.ts'
import { createCostOf } from '../../../usage/prices.ts'
import type { MessagesRequest } from '../../../wire/anthropic/request.ts'
import { mostTokens } from '../probe-requests.ts'
import { type ClientShape, clientShapes, newestShape } from './client-shapes.ts'
import type { MatrixRow } from './row.ts'
import { matrixRows } from './rows.ts'

/** What `doctor --matrix` sends, and what it costs at most (MX-D1). */

/** One cell: a row for a model, in the form of one version of the client. */
export interface PlannedCell {
  readonly row: MatrixRow
  readonly shape: ClientShape
  readonly modelId: string
  /** The name of the model for people. */
  readonly model: string
  /** Why nothing is sent. */
  readonly missing?: string
}

export interface Plan {
  readonly models: readonly string[]
  readonly cells: readonly PlannedCell[]
  readonly requests: number
  readonly tokens: number
  /** Undefined without prices. */
  readonly cost: number | undefined
}

/** The estimate may be too low for another tokenizer. */
const margin = 1.2
const roundTo = 100
const roundedUp = (tokens: number): number => Math.ceil((tokens * margin) / roundTo) * roundTo

/** The user's own models. */
const modelIdsOf = ({ model, smallModel }: { model: ResolvedModel; smallModel: ResolvedModel }): string[] => [
  ...new Set([model.model.id, smallModel.model.id]),
]

const cellsOf = (modelId: string): PlannedCell[] => {
  const capabilities = capabilitiesOf(modelId)
  return matrixRows.flatMap((row) => {
    const missing = row.missing?.(capabilities)
    const shapes = row.ofEachVersion === true ? clientShapes : [newestShape]
    return shapes.map((shape) => {
      const cell = { row, shape, modelId, model: clientSpelling(modelId) }
      return missing === undefined ? cell : { ...cell, missing }
    })
  })
}

const requestsOf = ({ row, shape, modelId, missing }: PlannedCell) =>
  missing === undefined ? row.requests({ shape, modelId, capabilities: capabilitiesOf(modelId) }) : []

/** Input at the highest price of a kind. */
const costOf = (config: Config, modelId: string, { max_tokens: output }: MessagesRequest, most: number) => {
  const cost = createCostOf(config.prices, config.upstream)
  const answer = Math.min(output, most)
  const input = most - answer
  const usages = [
    { ...noUsage, input_tokens: input },
    { ...noUsage, cache_creation_input_tokens: input },
    {
      ...noUsage,
      cache_creation_input_tokens: input,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: input },
    },
  ]
  const costs = usages.map((usage) =>
    cost?.({ used: modelId, usage: { ...usage, output_tokens: answer }, endpoint: 'messages' }),
  )
  return costs.some((one) => one === undefined) ? undefined : Math.max(...costs.map(Number))
}

export const planMatrix = (config: Config, chosen: Parameters<typeof modelIdsOf>[0]): Plan => {
  const modelIds = modelIdsOf(chosen)
  const cells = modelIds.flatMap(cellsOf)
  const sent = cells.flatMap((cell) =>
    requestsOf(cell).map(({ request, most = mostTokens(request) }) => ({ request, most, modelId: cell.modelId })),
  )
  const costs = sent.map(({ request, most, modelId }) => costOf(config, modelId, request, most * margin))
  return {
    models: modelIds.map(clientSpelling),
    cells,
    requests: sent.length,
    tokens: roundedUp(sent.reduce((sum, { most }) => sum + most, 0)),
    cost: costs.some((cost) => cost === undefined) ? undefined : costs.reduce<number>((sum, cost = 0) => sum + cost, 0),
  }
}
