import { bareResponse } from './bare-response.ts'
import { serve } from './serve.ts'

/** The next mark: a translator written by hand, without framework, validation, rules, deadlines or logs. */

serve(async (request, upstream) => bareResponse(JSON.parse(await request.text()), upstream, request.signal))
