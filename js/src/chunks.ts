// SPDX-License-Identifier: Apache-2.0
// What is loaded only where it is needed, by the script tag and the npm package each in its own way.
import type { LoadPolicy } from './consent/chooser';
import type { LoadRecommend } from './recommend/load';
import type { LoadPanel } from './render/door';

export interface Chunks {
  recommend: LoadRecommend;
  consent: LoadPolicy;
  panel: LoadPanel;
}
