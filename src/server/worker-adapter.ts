import type { ElysiaAdapter } from 'elysia'
import { CloudflareAdapter } from 'elysia/adapter/cloudflare-worker'

/**
 * For runtimes other than Bun: Elysia generates the code of all routes when the server is created. Workers refuse code
 * from text afterwards (OP-X4).
 */
export const workerAdapter: ElysiaAdapter = CloudflareAdapter
