/** The volumes of pods (k8s.io/kubernetes v1.34, pkg/apis/core/validation). Left out: what types of storage of single vendors need. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import { mapsAt, stringAt, valueAt } from '../../../core/live/readFields.js';
import { millisOf } from '../quantity.js';
import { filled, named, oneOf, type Errors } from './checks.js';
import { duplicate, forbidden, invalid, required } from './fieldErrors.js';
import { checkLabel, checkSubdomain } from './names.js';

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
/** In the order in which a server looks for them: what comes second is the error. */
const sources = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'scaleIO',
  'projected',
  'csi',
  'ephemeral',
  'image',
];

export function checkVolumes(volumes: readonly JsonObject[], path: string): Errors {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`;
    const name = stringAt(volume, 'name');
    const isRepeated = names.has(name);
    names.add(name);
    const given = sources.filter((source) => volume[source] !== undefined);
    return [
      ...given.slice(1).map((source) => forbidden(`${at}.${source}`, 'may not specify more than 1 volume type')),
      ...given.slice(0, 1).flatMap((source) => checkSource(`${at}.${source}`, source, volume[source])),
      ...filled(`${at}.name`, name),
      ...named(`${at}.name`, name, checkLabel),
      ...(isRepeated && name !== '' ? [duplicate(`${at}.name`, name)] : []),
    ];
  });
}

function checkSource(path: string, source: string, value: JsonValue | undefined): Errors {
  switch (source) {
    case 'emptyDir': {
      const limit = stringAt(value, 'sizeLimit');
      return limit !== '' && (millisOf(limit) ?? 0n) < 0n ? [forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')] : [];
    }
    case 'hostPath':
      return [...checkHostPath(path, value), ...oneOf(`${path}.type`, valueAt(value, 'type'), hostPathTypes)];
    case 'secret':
      return [...filled(`${path}.secretName`, stringAt(value, 'secretName')), ...checkMode(`${path}.defaultMode`, valueAt(value, 'defaultMode')), ...checkItems(path, value)];
    case 'configMap':
      return [...filled(`${path}.name`, stringAt(value, 'name')), ...checkMode(`${path}.defaultMode`, valueAt(value, 'defaultMode')), ...checkItems(path, value)];
    case 'persistentVolumeClaim':
      return filled(`${path}.claimName`, stringAt(value, 'claimName'));
    case 'nfs':
      return checkShare(path, value);
    case 'downwardAPI':
      return checkMode(`${path}.defaultMode`, valueAt(value, 'defaultMode'));
    case 'projected':
      return [
        ...checkMode(`${path}.defaultMode`, valueAt(value, 'defaultMode')),
        ...mapsAt(value, 'sources').flatMap((each, index) => checkProjection(`${path}.sources[${index}]`, each)),
      ];
    case 'csi':
      return filled(`${path}.driver`, stringAt(value, 'driver'));
    default:
      return [];
  }
}

export function checkHostPath(path: string, value: JsonValue | undefined): Errors {
  const folder = stringAt(value, 'path');
  return folder === '' ? [required(`${path}.path`)] : folder.split('/').includes('..') ? [invalid(`${path}.path`, folder, "must not contain '..'")] : [];
}

export function checkShare(path: string, value: JsonValue | undefined): Errors {
  const folder = stringAt(value, 'path');
  return [
    ...filled(`${path}.server`, stringAt(value, 'server')),
    ...filled(`${path}.path`, folder),
    ...(folder.startsWith('/') ? [] : [invalid(`${path}.path`, folder, 'must be an absolute path')]),
  ];
}

function checkProjection(path: string, source: JsonObject): Errors {
  return ['secret', 'configMap'].flatMap((name) => {
    const value = source[name];
    return isJsonObject(value)
      ? [...named(`${path}.${name}.name`, value['name'], checkSubdomain), ...filled(`${path}.${name}.name`, stringAt(value, 'name')), ...checkItems(`${path}.${name}`, value)]
      : [];
  });
}

function checkItems(path: string, value: JsonValue | undefined): Errors {
  return mapsAt(value, 'items').flatMap((item, index) => {
    const at = `${path}.items[${index}]`;
    const file = stringAt(item, 'path');
    return [...filled(`${at}.key`, stringAt(item, 'key')), ...filled(`${at}.path`, file), ...checkLocalPath(`${at}.path`, file), ...checkMode(`${at}.mode`, item['mode'])];
  });
}

/** A path below the place where something is mounted. */
export function checkLocalPath(path: string, file: string): Errors {
  if (file.startsWith('/')) return [invalid(path, file, 'must be a relative path')];
  return file.split('/').includes('..') ? [invalid(path, file, "must not contain '..'")] : [];
}

function checkMode(path: string, mode: JsonValue | undefined): Errors {
  return typeof mode === 'number' && (mode < 0 || mode > 511) ? [invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')] : [];
}
