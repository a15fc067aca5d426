import { Elysia } from 'elysia'
import { GatewayError } from '../../../base/errors.ts'
import { refusal } from '../../../translate/openai-entrance/refusal.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { clientIdentityOf } from './client-identity.ts'
import { inputPage } from './input-page.ts'
import { spellingsOf } from './paths.ts'
import type { StoredResponse } from './response-store.ts'
import type { StoredContextOptions } from './stored-context.ts'

const notFound = (id: string): GatewayError =>
  new GatewayError('not_found_error', `Response with id '${id}' not found.`, {
    shouldRetry: false,
    reason: 'Response with this id not found.',
  })

/** The paths of a kept response (OE-R44). */
export const storedResponsesRoutes = ({ responseStore: store, scopeOf }: StoredContextOptions) => {
  const ownerOf = (request: Request): string => clientIdentityOf(request, scopeOf(request))
  const find = (request: Request, id: string): StoredResponse => {
    const stored = store?.find(ownerOf(request), id)
    if (stored === undefined) throw notFound(id)
    return stored
  }
  const app = new Elysia({ name: 'openai-stored-responses', normalize: false })
  for (const path of spellingsOf('/responses')) {
    app
      .get(`${path}/:id`, ({ request, params: { id }, query }) => {
        if (query['stream'] === 'true')
          throw refusal('unsupported_value', ['stream'], 'a kept response is not sent as a stream again.')
        return find(request, id).response
      })
      .delete(`${path}/:id`, ({ request, params: { id } }) => {
        if (store?.remove(ownerOf(request), id) !== true) throw notFound(id)
        return { id, object: 'response', deleted: true }
      })
      .all(`${path}/:id`, methodNotAllowed('GET', 'DELETE'))
      .get(`${path}/:id/input_items`, ({ request, params: { id }, query }) => inputPage(find(request, id), query))
      .all(`${path}/:id/input_items`, methodNotAllowed('GET'))
      .post(`${path}/:id/cancel`, () => {
        throw refusal(
          'unsupported_value',
          ['response_id'],
          'only a response that runs in the background can be cancelled.',
        )
      })
      .all(`${path}/:id/cancel`, methodNotAllowed('POST'))
  }
  return app
}
