import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/binary.ts'
import type { Launch } from './processes.ts'
import type { Target } from './targets.ts'

/** Others that do this translation, where somebody has put them into node_modules: nothing is fetched here. */

const module = (...path: string[]): string => join(root, 'node_modules', ...path)

const awsSdk: Target = {
  id: 'aws-sdk',
  title: 'bare, with the AWS client',
  wire: 'anthropic',
  launch: (port, upstream): Launch => ({
    command: [process.execPath, join(import.meta.dir, 'targets', 'aws-sdk.ts'), String(port), upstream],
    healthPath: '/health',
  }),
}

const portkeyServer = module('@portkey-ai', 'gateway', 'build', 'start-server.js')

/** Runs on Node, and is told by headers whom to ask. */
const portkey: Target = {
  id: 'portkey',
  title: 'Portkey',
  wire: 'anthropic',
  launch: (port): Launch => ({
    command: ['node', portkeyServer, `--port=${port}`, '--headless'],
    environment: { TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' },
    healthPath: '/',
  }),
  headers: (upstream) => ({
    'x-portkey-provider': 'bedrock',
    'x-portkey-custom-host': upstream,
    'x-portkey-aws-auth-type': 'apiKey',
    'x-portkey-aws-region': 'us-east-1',
    authorization: 'Bearer bench',
  }),
}

/** Those that are there. */
export const peers = (): Target[] => [awsSdk, ...(existsSync(portkeyServer) ? [portkey] : [])]
