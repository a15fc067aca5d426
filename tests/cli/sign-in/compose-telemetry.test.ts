import { expect, test } from 'bun:test'
import { createLogger } from '../../../src/base/logger.ts'
import { composeTelemetry } from '../../../src/cli/sign-in/compose-telemetry.ts'
import { defaultConfig } from '../../support/chain.ts'

const platform = { fetch, log: createLogger('info', () => {}) }
const forward = { ...defaultConfig, signIn: { ...defaultConfig.signIn, telemetry: 'forward' as const } }

test('telemetry has a forwarder only if the configuration wants that, and the collector gets some of it (SI-O1)', () => {
  expect(composeTelemetry(defaultConfig, {}, platform)).toBeUndefined()
  expect(composeTelemetry(forward, {}, platform)).toBeFunction()
  const none = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' }
  expect(composeTelemetry(forward, none, platform)).toBeUndefined()
})
