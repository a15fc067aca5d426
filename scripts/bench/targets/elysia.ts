import { TypeCompiler } from '@sinclair/typebox/compiler'
import { Elysia, t } from 'elysia'
import { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { bareResponse } from './bare-response.ts'
import { serve } from './serve.ts'

/** The fastest known program with Elysia: `bare` behind a route, with a compiled check of the whole schema. */

const check = TypeCompiler.Compile(MessagesRequest)

const appFor = (upstream: string) =>
  new Elysia({ normalize: false }).post(
    '/v1/messages',
    ({ body, request }) => {
      if (!check.Check(body)) throw new Error('The request does not match its schema.')
      return bareResponse(body, upstream, request.signal)
    },
    { parse: async ({ request }) => JSON.parse(await request.text()), body: t.Unknown() },
  )

let app: ReturnType<typeof appFor> | undefined

serve(async (request, upstream) => {
  app ??= appFor(upstream)
  return app.fetch(request)
})
