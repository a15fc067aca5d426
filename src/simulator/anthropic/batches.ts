import { type ApiCall, type Endpoint, jsonOf, notFound, refuse } from './call.ts'
import { newBatchId } from './ids.ts'
import { idPage } from './paging.ts'
import { BatchBody } from './request-schema.ts'
import { shapeRefusal } from './shape.ts'

/** `/v1/messages/batches`: a batch is in progress when it is created, and has ended when it is read. */

interface BatchRequest {
  readonly custom_id: string
  readonly params: object
}

type BatchResult = Readonly<Record<string, unknown>> & { readonly type: 'succeeded' | 'errored' | 'canceled' }

interface Batch {
  readonly id: string
  readonly createdAt: Date
  readonly requests: readonly BatchRequest[]
  state: 'in_progress' | 'canceling' | 'ended'
  canceledAt: Date | undefined
  results: readonly { readonly custom_id: string; readonly result: BatchResult }[]
}

/** Answers one request of a batch. */
export type RunRequest = (params: object, call: ApiCall) => BatchResult

const lifetimeMs = 24 * 3600 * 1000

const toObject = ({ id, createdAt, requests, state, canceledAt, results }: Batch, { url }: ApiCall) => {
  const hasEnded = state === 'ended'
  const count = (type: BatchResult['type']): number => results.filter(({ result }) => result.type === type).length
  return {
    type: 'message_batch',
    id,
    processing_status: state,
    request_counts: {
      processing: requests.length - results.length,
      succeeded: count('succeeded'),
      errored: count('errored'),
      canceled: count('canceled'),
      expired: 0,
    },
    created_at: createdAt.toISOString(),
    expires_at: new Date(createdAt.getTime() + lifetimeMs).toISOString(),
    ended_at: hasEnded ? new Date().toISOString() : null,
    cancel_initiated_at: canceledAt?.toISOString() ?? null,
    archived_at: null,
    // Absolute, and leads to this server.
    results_url: hasEnded ? `${url.origin}/v1/messages/batches/${id}/results` : null,
  }
}

const parseRequests = (body: unknown): readonly BatchRequest[] | string => {
  const misshapen = shapeRefusal(BatchBody, body)
  if (misshapen !== undefined) return misshapen
  const { requests } = body as { readonly requests: readonly BatchRequest[] }
  const ids = requests.map(({ custom_id: id }) => id)
  const repeated = ids.findIndex((id, index) => ids.indexOf(id) < index)
  return repeated === -1 ? requests : `requests.${repeated}.custom_id: custom_id must be unique`
}

type BatchEndpoints = Readonly<Record<'create' | 'list' | 'get' | 'cancel' | 'results' | 'remove', Endpoint>>

export const createBatches = (run: RunRequest): BatchEndpoints => {
  const batches = new Map<string, Batch>()

  const process = (batch: Batch, call: ApiCall): void => {
    if (batch.state === 'ended') return
    const isCanceled = batch.state === 'canceling'
    batch.state = 'ended'
    batch.results = batch.requests.map(({ custom_id, params }) => ({
      custom_id,
      result: isCanceled ? { type: 'canceled' } : run(params, call),
    }))
  }
  const withBatch =
    (use: (batch: Batch, call: ApiCall) => Response): Endpoint =>
    (call) => {
      const batch = batches.get(call.id)
      return batch === undefined ? notFound(call, `Message Batch not found: ${call.id}`) : use(batch, call)
    }

  return {
    create(call) {
      const requests = parseRequests(jsonOf(call))
      if (typeof requests === 'string') return refuse(call, { status: 400, message: requests })
      const batch: Batch = {
        id: newBatchId(),
        createdAt: new Date(),
        requests,
        state: 'in_progress',
        canceledAt: undefined,
        results: [],
      }
      batches.set(batch.id, batch)
      return Response.json(toObject(batch, call))
    },
    list: (call) =>
      idPage(
        call,
        [...batches.values()].reverse().map((batch) => toObject(batch, call)),
      ),
    get: withBatch((batch, call) => {
      process(batch, call)
      return Response.json(toObject(batch, call))
    }),
    cancel: withBatch((batch, call) => {
      if (batch.state === 'in_progress') {
        batch.state = 'canceling'
        batch.canceledAt = new Date()
      }
      return Response.json(toObject(batch, call))
    }),
    results: withBatch((batch, call) => {
      if (batch.state !== 'ended') return notFound(call, `Batch ${batch.id} has no available results.`)
      const lines = batch.results.map((result) => `${JSON.stringify(result)}\n`)
      return new Response(lines.join(''), { headers: { 'content-type': 'application/x-jsonl' } })
    }),
    remove: withBatch((batch, call) => {
      if (batch.state !== 'ended') {
        return refuse(call, { status: 409, message: `Batch ${batch.id} cannot be deleted while it is processed.` })
      }
      batches.delete(batch.id)
      return Response.json({ id: batch.id, type: 'message_batch_deleted' })
    }),
  }
}
