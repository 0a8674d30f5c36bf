// Pictures of the shop of digital goods: a lit tile with a mark, floating in the dark.
import * as k from './kit.mjs';
const { P, E, C, R, S, lin, rad, mix, op, poly, face, rr } = k;

const INK = '#070a12';
const dim = (c, t) => mix(c, INK, t);
const lit = (c, t) => mix(c, '#ffffff', t);
const W = '#f4f8ff';

// One plate of the stack: its lower front corner at (600, y).
function plate(y, h, c, top, size = 330) {
  const flat = size * .56, o = [600, y], a = [600 - size, y - flat], b = [600 + size, y - flat], e = [600, y - 2 * flat], up = p => [p[0], p[1] - h];
  const join = c2 => `stroke="${c2}" stroke-width="26" stroke-linejoin="round"`, L = dim(c, .3), D = dim(c, .55);
  P(poly([o, a, up(a), up(o)]), L, join(L)); P(poly([o, b, up(b), up(o)]), D, join(D)); P(poly([up(o), up(a), up(e), up(b)]), top, `stroke="${lit(c, .1)}" stroke-width="26" stroke-linejoin="round"`);
  P(poly([up(o), up(a), up(e), up(b)]), lin([[0, '#ffffff', .34], [.5, '#ffffff', 0], [1, INK, .3]], 0, 0, 1, 1)); S(`M${up(a)[0]} ${up(a)[1]}L${up(o)[0]} ${up(o)[1]}L${up(b)[0]} ${up(b)[1]}`, lit(c, .6), 4, op(.8));
  return { left: up(a), right: [size, -flat], down: [size, flat] };
}
// `draw` is flat, 400 by 400.
function tile(c, c2, draw) {
  E(600, 900, 520, 190, rad([[0, c, .5], [.5, c2, .16], [1, c2, 0]]));
  plate(984, 30, dim(c2, .45), dim(c2, .5)); plate(904, 26, mix(c, c2, .6), dim(mix(c, c2, .5), .25));
  E(600, 640, 420, 250, rad([[0, INK, .4], [.8, INK, .2], [1, INK, 0]]));
  const p = plate(812, 72, c, lin([[0, lit(c, .16)], [1, c2]], 0, 0, 1, 1), 348);
  face(p.left, p.right, p.down, 400, 400, draw);
  const r = k.rng(c.charCodeAt(2) * 31 + c.charCodeAt(4)); for (let i = 0; i < 26; i++) { const x = 120 + r() * 960, y = 170 + r() * 560; C(x, y, 1.5 + r() * 3.5, r() > .5 ? lit(c, .5) : lit(c2, .5), op((.25 + r() * .5).toFixed(2))); }
}
const line = (d, w = 30, c = W) => S(d, c, w);
const marks = {
  credits: () => { C(200, 200, 132, 'none', `stroke="${W}" stroke-width="26"`); P('M200 104L228 172L296 200L228 228L200 296L172 228L104 200L172 172Z', W); },
  film: () => { R(70, 96, 260, 208, 34, 'none', `stroke="${W}" stroke-width="26"`); P('M168 146V254L262 200Z', W); for (const x of [112, 288]) for (const y of [60, 324]) R(x - 22, y, 44, 16, 8, W); },
  music: () => { line('M150 286V104L292 76V254', 26); E(118, 288, 46, 36, W); E(260, 258, 46, 36, W); line('M150 160L292 132', 24); },
  key: () => { C(140, 200, 66, 'none', `stroke="${W}" stroke-width="30"`); line('M206 200H340M340 200V262M282 200V248', 30); },
  office: () => { R(92, 62, 180, 240, 22, 'none', `stroke="${W}" stroke-width="24"`); line('M136 128H228M136 178H228M136 228H190', 20); R(214, 194, 130, 150, 20, W); line('M246 300V262M280 300V236M314 300V276', 16, '#2b5bd0'); },
  tide: () => { for (const [y, w] of [[118, 26], [200, 30], [282, 26]]) line(`M56 ${y}q36 -52 72 0t72 0t72 0t72 0`, w); },
  island: () => { C(292, 104, 40, W); P('M60 288C110 236 150 226 200 228C262 226 300 244 340 288Z', W); line('M196 232C194 170 204 130 226 96', 20); for (const d of ['M226 98C190 70 150 78 128 108', 'M226 98C228 58 262 42 292 54', 'M226 98C262 96 282 122 284 150', 'M226 98C196 106 180 130 180 158']) line(d, 18); line('M52 326q36 -24 72 0t72 0t72 0t72 0', 16); },
  pad: () => { P(rr(56, 120, 288, 170, 84), 'none', `stroke="${W}" stroke-width="26"`); line('M136 172V238M103 205H169', 26); C(252, 226, 22, W); C(298, 184, 22, W); },
  pixels: () => { for (const [x, y] of [[0, 0], [1, 0], [3, 0], [0, 1], [2, 1], [3, 1], [1, 2], [2, 2], [0, 3], [1, 3], [3, 3]]) R(72 + x * 66, 72 + y * 66, 56, 56, 10, W, op((x + y) % 3 ? 1 : .7)); },
  slides: () => { R(60, 90, 280, 184, 22, 'none', `stroke="${W}" stroke-width="24"`); line('M200 274V336M146 346H254', 22); line('M112 226L166 172L212 204L288 132', 20); },
  night: () => { P('M250 84C160 92 104 160 112 236C120 312 200 356 272 326C300 314 320 296 332 274C262 290 206 250 200 186C198 146 216 108 250 84Z', W); for (const [x, y, s] of [[284, 120, 26], [332, 186, 18], [92, 116, 20]]) P(`M${x} ${y - s}Q${x + s * .2} ${y - s * .2} ${x + s} ${y}Q${x + s * .2} ${y + s * .2} ${x} ${y + s}Q${x - s * .2} ${y + s * .2} ${x - s} ${y}Q${x - s * .2} ${y - s * .2} ${x} ${y - s}Z`, W); },
  synth: () => { for (const [x, h] of [[92, 60], [132, 130], [172, 210], [212, 120], [252, 240], [292, 150], [328, 80]]) R(x - 13, 200 - h / 2, 26, h, 13, W); },
  shader: () => { P('M200 66L338 304H62Z', 'none', `stroke="${W}" stroke-width="24" stroke-linejoin="round"`); P('M200 66L200 304H62Z', W, op(.55)); P('M200 168L262 276H138Z', W); },
  drawer: () => { P('M112 282C62 282 46 222 84 196C82 134 152 102 198 142C238 92 322 118 320 184C372 196 362 282 304 282Z', 'none', `stroke="${W}" stroke-width="26" stroke-linejoin="round"`); line('M200 330V212M158 250L200 208L242 250', 26); },
};
const one = (c, c2, name) => ['night', c, () => tile(c, c2, marks[name])];
export default {
  'harbour-credits': one('#f2a93b', '#e2552f', 'credits'),
  'aurora-pass': one('#7b5cff', '#e04ea8', 'film'),
  'deepblue-music': one('#2f7bff', '#19c2d8', 'music'),
  'lighthouse-keys': one('#1fbf8f', '#0f7f86', 'key'),
  'anchor-office': one('#3f7cf0', '#2446a8', 'office'),
  'tide-noise': one('#27b6c9', '#2a5fb0', 'tide'),
  'island-repair': one('#f0764a', '#b8327a', 'island'),
  'night-racer': one('#e6467a', '#6a2fd0', 'pad'),
  'pixel-icons': one('#5fc94e', '#128a6a', 'pixels'),
  'report-slides': one('#f4b63f', '#d9772a', 'slides'),
  'night-sky-walls': one('#5a68e8', '#2a2f8c', 'night'),
  'synth-samples': one('#c850e0', '#5a3ad6', 'synth'),
  'shader-course': one('#22c7a0', '#2f72e0', 'shader'),
  'pier-storage': one('#4f9bff', '#3a4fd0', 'drawer'),
};
