import { GatewayError } from '../../base/errors.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { CallContext, Upstream } from '../upstream.ts'
import type { RoutedRequest } from './image-route.ts'

type Adapt = (request: MessagesRequest, modelId: string, requestId: string) => RoutedRequest

/** Wraps the upstream: `adapt` changes each request, and `onKey` gets whether the server accepted the key. */
export const withAdaptedRequests = (upstream: Upstream, adapt: Adapt, onKey: (isValid: boolean) => void): Upstream => {
  const send = async <T>(
    given: MessagesRequest,
    context: CallContext,
    call: (request: MessagesRequest, context: CallContext) => Promise<T>,
  ): Promise<T> => {
    const { request, modelId } = adapt(given, context.modelId, context.requestId)
    context.onSent?.(request, modelId)
    try {
      const response = await call(request, { ...context, modelId })
      onKey(true)
      return response
    } catch (error) {
      if (error instanceof GatewayError && error.type === 'authentication_error') onKey(false)
      throw error
    }
  }
  return {
    ...upstream,
    message: (request, context) => send(request, context, upstream.message),
    stream: (request, context) => send(request, context, upstream.stream),
  }
}
