import type { ReadJson } from './body.ts'
import type { RouteSchema } from './route-schema.ts'

interface BodyContext<T> {
  readonly request: Request
  body: T
}

/**
 * The options of a route with a JSON body. `adjust` gets the body before the schema check, and may replace it. We read
 * and check in `transform`: Elysia's `parse` opens the body as a stream before our own parser reads it, which takes 10 %
 * of a small request, and with `parse: 'none'` Elysia does not check `body` itself.
 */
export const jsonBody = <T>(readJson: ReadJson, schema: RouteSchema<T>, adjust?: (body: unknown) => unknown) => ({
  parse: 'none' as const,
  body: schema,
  // An arrow function: Elysia reads the source of handlers, and prints a warning for a minified method.
  transform: async (context: BodyContext<T>): Promise<void> => {
    const body = await readJson(context.request)
    context.body = schema['~standard'].validate(adjust === undefined ? body : adjust(body)).value
  },
})
