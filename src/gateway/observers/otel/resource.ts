import type { Resource } from '@opentelemetry/resources'
import { productName, version } from '../../../version.ts'
import type { OtelPlatform, OtelSettings } from './options.ts'

/** What produces the traces and metrics. Nothing about the machine: the user adds what a back end needs. */

/** The name and version of what measures. */
export const scope = { name: productName, version }

/** Loads the package. */
export const loadResource = async (
  { resource: { serviceName, attributes } }: Pick<OtelSettings, 'resource'>,
  { instanceId }: Pick<OtelPlatform, 'instanceId'>,
): Promise<Resource> => {
  const { defaultResource, resourceFromAttributes } = await import('@opentelemetry/resources')
  const own = {
    'service.version': version,
    'service.instance.id': instanceId,
    ...Object.fromEntries(attributes),
    'service.name': serviceName,
  }
  return defaultResource().merge(resourceFromAttributes(own))
}
