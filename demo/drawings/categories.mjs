// Category pictures: small still lifes put together from the product drawings.
import { T, E, rad, DARK, cloud, op, R, lin, G, leaf, S, PAL } from './kit.mjs';
import * as h from './home.mjs';
import * as kt from './kitchen.mjs';
import * as pa from './pantry.mjs';
import * as st from './stationery.mjs';
import * as ap from './apparel.mjs';
import * as dv from './devices.mjs';
import * as od from './outdoor.mjs';
import * as dg from './digital.mjs';

// stand a drawing (whose foot is near 600,930) at x,y in size s
const at = (x, y, s, fn, rot = 0) => T(x - 600 * s, y - 930 * s, s, fn, rot);
const ground = () => E(600, 930, 620, 130, rad([[0, DARK, .2], [.6, DARK, .1], [1, DARK, 0]]));
// a low round plinth behind the scene holds every set together
const arch = (c, x = 600, w = 560) => { R(x - w / 2, 170, w, 760, w / 2, lin([[0, c, .75], [1, c, .25]], 0, 0, 0, 1)); ground(); };
export default {
  'category-home-living': ['studio', '#ebe2d5', () => { arch('#d9c3a6'); at(790, 850, .66, () => h.lamp('#c9654a')); at(400, 870, .7, () => h.vase('#e6dccb')); at(560, 960, .42, () => h.cup('#8fb3a0')); at(880, 985, .44, () => h.towels('#9fb6a4')); }],
  'category-kitchen-table': ['studio', '#e4e6de', () => { arch('#b9c7b6'); at(380, 850, .74, () => kt.board()); at(790, 830, .58, () => kt.kettle('#4b5654')); at(690, 975, .62, () => kt.pot('#b5523a')); at(300, 990, .42, kt.bowl); }],
  'category-pantry': ['studio', '#eee3d2', () => { arch('#e2c493'); at(430, 840, .68, () => pa.teatin('#5f7f6c', true)); at(800, 850, .62, () => pa.rice(true)); at(330, 970, .48, pa.honey); at(610, 985, .46, pa.biscuits); at(900, 985, .42, pa.chili); }],
  'category-stationery': ['studio', '#e3e3de', () => { arch('#b3bfcb'); at(750, 860, .68, st.calendar); at(360, 880, .7, () => st.notebook('#b5604a', '#f3ddc0')); at(590, 985, .48, () => st.ink('#2c4a7c')); at(890, 985, .42, st.tape); }],
  'category-apparel': ['studio', '#e9e1d8', () => { arch('#d3b8a4'); at(420, 870, .74, () => ap.tote('#e6dac0', '#364d74')); at(800, 850, .6, () => ap.beanie('#b8654a')); at(740, 980, .54, () => ap.shoes('#54708a', '#efe7d6')); at(290, 1000, .46, ap.strawhat); }],
  'category-devices': ['studio', '#dfe2e1', () => { arch('#aebcc0'); at(780, 860, .7, () => dv.speaker('#8c9a94')); at(400, 860, .72, () => dv.headphones('#e5dccb', '#8a6347')); at(600, 980, .46, () => dv.camera('#e3d9c4')); at(890, 985, .38, () => dv.earbuds('#ece7dc')); }],
  'category-outdoor': ['studio', '#e0e5da', () => { arch('#b7c4a0'); at(500, 850, .72, () => od.tent('#8a9a6a')); at(850, 890, .62, () => od.pack('#6b7455', '#7a5236')); at(330, 985, .44, () => od.lantern('#5a6a58')); at(610, 990, .48, () => od.flask('#b8654a')); }],
  'category-digital': ['studio', '#d9e2e4', () => { arch('#a9c0c8'); T(600 - 600 * .66, 30, .66, dg.storage); T(60, 470, .52, () => dg.giftcard('#4f7568', '#e2a268')); T(560, 500, .5, dg.cassette); T(400, 640, .4, dg.points); }],
};
