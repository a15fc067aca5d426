import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/binary.ts'
import type { Launch } from './processes.ts'
import { ours, type Target } from './target.ts'

/** Other gateways to compare with: ours, and those that a user has installed in node_modules. Downloads nothing. */

const module = (...path: string[]): string => join(root, 'node_modules', ...path)

/** The fastest known program with the product's framework. */
const elysia: Target = { id: 'elysia', title: 'best Elysia', wire: 'anthropic', launch: ours('elysia.ts') }

const awsSdk: Target = {
  id: 'aws-sdk',
  title: 'bare, with the AWS client',
  wire: 'anthropic',
  launch: ours('aws-sdk.ts'),
}

const portkeyServer = module('@portkey-ai', 'gateway', 'build', 'start-server.js')

/** Runs on Node. Headers select its upstream. */
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

/** The installed ones. */
export const peers = (): Target[] => [elysia, awsSdk, ...(existsSync(portkeyServer) ? [portkey] : [])]
