import { bareResponse } from './bare-response.ts'
import { serve } from './serve.ts'

/** A translator written by hand, without framework, validation, rules, timeouts or logs. */

serve(async (request, upstream) => bareResponse(JSON.parse(await request.text()), upstream, request.signal))
