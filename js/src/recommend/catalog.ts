// SPDX-License-Identifier: Apache-2.0
// The host of catalog.wasm (wasm/abi/CATALOG.md). Everything is copied out: no live view of its memory leaves this file.
import { createReader } from '../engine';
import { load } from '../transport';
import { Limit, RecommendationKind, Version } from '../vocabulary';

/** An item as the catalog describes it. */
export interface Item {
  id: string;
  title: string;
  link: string;
  image?: string;
  price: number;
  currency: string;
  in_stock: boolean;
}

export interface Query {
  kind: RecommendationKind;
  /** Ids, or tastes, with their weights. */
  values: readonly (readonly [string, number])[];
  excluded: readonly string[];
  inStock: boolean;
  count: number;
}

const encoder = new TextEncoder();

const varint = (value: number): number[] => (value > 127 ? [(value & 127) | 128, ...varint(value >> 7)] : [value]);
const text = (value: string) => {
  const bytes = encoder.encode(value);
  return [...varint(bytes.length), ...bytes];
};

/** The bytes of a query (wasm/wire/catalog.md). */
export const encodeQuery = ({ kind, values, excluded, inStock, count }: Query): Uint8Array =>
  Uint8Array.from([
    kind,
    +inStock,
    count,
    ...varint(values.length),
    ...values.flatMap(([value, weight]) => [...text(value), ...new Uint8Array(Float64Array.of(weight).buffer)]),
    ...varint(excluded.length),
    ...excluded.flatMap(text),
  ]);

/**
 * A catalog in the exports of the module. Throws where they are of another version.
 * @param wasm the exports of wasm/abi/catalog_exports.txt
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const createShelf = (wasm: any) => {
  if (wasm.catalog_version() != Version.Catalog) throw Error('catalog.wasm: version');
  const buffer: number = wasm.catalog_buffer();
  const memory = (address: number, length: number) => new Uint8Array(wasm.memory.buffer, address, length);
  const put = (bytes: Uint8Array) => {
    memory(buffer, bytes.length).set(bytes);
    return bytes.length;
  };
  return {
    /** Takes a catalog in place of the one before. Throws where it is none: then there is none. */
    _open(bytes: Uint8Array): void {
      const address = wasm.catalog_reserve(bytes.length);
      if (address) memory(address, bytes.length).set(bytes);
      const status = address ? wasm.catalog_open(bytes.length) : -1;
      if (status) throw Error('catalog: status ' + status);
    },
    /** Rows of what is recommended, the best first. */
    _query(query: Query): number[] {
      const bytes = encodeQuery(query);
      if (bytes.length > Limit.TransferBytes) return [];
      const count = wasm.catalog_query(put(bytes));
      return Array.from(new Uint32Array(memory(buffer, count * 4).slice().buffer));
    },
    _item(row: number, language: string): Item {
      const length = wasm.catalog_item(row, put(encoder.encode(language)));
      return createReader(memory(buffer, length).slice())._pairs() as unknown as Item;
    },
  };
};

/** Starts the module. Throws where it cannot be had. */
export const startCatalog = async (source: string | URL | ArrayBuffer | Uint8Array) =>
  createShelf((await WebAssembly.instantiate((await load(source)) as BufferSource)).instance.exports);
