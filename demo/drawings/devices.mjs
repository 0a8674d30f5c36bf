import * as k from './kit.mjs';
const { P, E, C, R, S, G, T, lathe, rim, band, shadow, clip, lin, linU, rad, dk, lt, mix, op, PAL, DARK, drop, glow, leaf, smooth, highlight, soft, rr, ell, face, poly, box } = k;

export function headphones(c, pad) {
  shadow(600, 980, 330, .8);
  // stand-free, upright pair
  S('M300 640C270 140 930 140 900 640', dk(c, .45), 64); S('M300 640C270 140 930 140 900 640', c, 52); S('M286 600C276 180 880 150 896 560', lt(c, .5), 9, op(.6));
  S('M380 330C460 210 740 210 820 330', pad, 50); S('M380 326C460 204 740 204 820 326', lt(pad, .35), 8, op(.6));
  for (const s of [-1, 1]) G(`transform="translate(600 0) scale(${s} 1)"`, () => {
    S('M300 560V700', '#6f7478', 26); S('M294 560V700', '#c9cdd0', 6);
    const q = s < 0 ? 0 : .12;
    P('M188 600C150 620 140 700 140 780C140 870 156 950 196 966L232 960V606Z', lin([[0, dk(pad, .05 + q)], [.5, lt(pad, .2)], [1, dk(pad, .3)]]));
    S('M170 640C158 720 158 850 176 930', dk(pad, .4), 4, op(.5));
    P('M222 590C300 560 370 620 380 780C370 940 300 1006 222 976Z', lin([[0, dk(c, .35)], [.12, lt(c, .1)], [.5, c], [1, dk(c, .42)]]));
    P('M262 620C320 620 346 690 348 782C346 876 320 944 262 948Z', lin([[0, lt(c, .22)], [1, dk(c, .25)]])); S('M268 640C312 650 330 710 332 780', lt(c, .6), 5, op(.6)); 
    R(276, 690, 52, 40, 16, dk(c, .35)); R(280, 694, 44, 32, 14, '#a9adb0');
  });
}
export function speaker(c) {
  shadow(600, 930, 290);
  const pts = [[380, 262], [400, 270, 1], [880, 270], [916, 250], [924, 230]], d = lathe(600, pts, c, {});
  clip(d, () => { for (let j = 0; j < 46; j++) for (let i = 1; i < 40; i++) { const a = Math.PI * (i + (j % 2) * .5) / 40, x = 600 - Math.cos(a) * 270, y = 400 + j * 12 + Math.sin(a) * 54; if (y > 960) continue; k.dot(x, y, Math.round(2 + 2.2 * Math.sin(a)), dk(c, .5), .55); } band(600, 860, 275, 960, 275, linU([[0, DARK, 0], [1, DARK, .4]], 0, 860, 0, 960)); });
  band(600, 400, 272, 412, 272, lin([[0, dk(PAL.brass, .3)], [.3, lt(PAL.brass, .6)], [.6, PAL.brass], [1, dk(PAL.brass, .4)]]));
  E(600, 384, 266, 54, linU([[0, '#5a534c'], [.4, '#8d857c'], [1, '#4a443f']], 334, 0, 866, 0)); E(600, 380, 262, 52, linU([[0, PAL.walnut], [.35, lt(PAL.walnut, .35)], [1, dk(PAL.walnut, .25)]], 338, 0, 862, 0));
  clip(ell(600, 380, 262, 52), () => k.grain(330, 326, 540, 110, PAL.walnut, 3, 12, .5));
  E(600, 382, 84, 17, '#2b2524'); E(600, 378, 84, 17, lin([[0, lt(PAL.brass, .5)], [1, dk(PAL.brass, .2)]])); E(600, 377, 66, 13, lt(PAL.brass, .25));
  for (const x of [430, 480, 720, 770]) E(x, 384, 15, 4, '#f4ead8', op(.85));
  for (const s of [-1, 1]) C(600 + s * 250, 404, 15, lin([[0, lt(PAL.brass, .6)], [1, dk(PAL.brass, .3)]], 0, 0, 1, 1));
  const st = 'M350 404C330 120 870 120 850 404'; S(st, dk(PAL.walnut, .45), 30); S(st, lt(PAL.walnut, .08), 21); S('M352 380C352 128 848 128 848 380', lt(PAL.walnut, .6), 2.6, 'stroke-dasharray="10 7" opacity=".8"');
  for (const s of [-1, 1]) C(600 + s * 250, 404, 12, lin([[0, lt(PAL.brass, .7)], [1, dk(PAL.brass, .2)]], 0, 0, 1, 1));
  for (const [y, q] of [[590, 128], [760, 62]]) { C(600, y, q, dk(c, .3), op(.22)); C(600, y, q, 'none', `stroke="${dk(c, .35)}" stroke-width="4" opacity=".5"`); C(600, y, q * .62, 'none', `stroke="${lt(c, .5)}" stroke-width="3" opacity=".35"`); C(600 - q * .1, y - q * .1, q * .24, lt(c, .3), op(.35)); }
  R(472, 700, 0, 0, 0, c); R(560, 862, 80, 40, 6, lin([[0, PAL.cream], [1, dk(PAL.cream, .2)]])); k.cloud(600, 884, .27, dk(c, .3));
}
export function keyboard(c, acc) {
  const u = 66, W = 15 * u, base = { x: 86, y: 300 };
  G('transform="translate(84 470) rotate(-9 516 200)"', () => {
    const body = rr(0, 0, W + 46, 5 * u + 50, 30); drop(body, 22, 40, 22, .4);
    P(rr(0, 14, W + 46, 5 * u + 52, 32), dk(c, .45)); P(body, lin([[0, lt(c, .35)], [1, dk(c, .1)]], 0, 0, 1, 1)); R(14, 14, W + 18, 5 * u + 22, 18, dk(c, .4));
    const rows = [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2], [1.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.5], [1.75, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.25], [2.25, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.75], [1.25, 1.25, 1.25, 6.25, 1.25, 1.25, 1.25, 1.25]];
    rows.forEach((row, j) => { let x = 24; row.forEach((w, i) => { const kw = w * u, y = 22 + j * u; const last = i === row.length - 1, mod = (w > 1 && w < 6) ; const q = (j === 0 && i === 0) ? PAL.cinnabar : (last && j === 2) ? acc : mod ? mix(acc, c, .62) : lt(c, .55);
      R(x + 2, y + 3, kw - 4, u - 3, 10, dk(q, .4)); R(x + 3, y + 1, kw - 6, u - 7, 10, dk(q, .1)); R(x + 9, y + 3, kw - 18, u - 20, 8, lin([[0, lt(q, .25)], [1, q]], 0, 0, 1, 1)); if (!mod && w < 6) R(x + kw / 2 - 5, y + 16, 10, 9, 3, dk(q, .55), op(.45)); x += kw; }); });
  });
}
export function power(c) {
  shadow(560, 930, 230, .9);
  const b = box([520, 960], [-160, -56], [250, -84], 560, c, { round: 46 });
  soft(poly([[400, 880], [430, 890], [430, 380], [400, 370]]), '#fff', 10, .55);
  face(b.O, [250, -84], [0, 560], 250, 560, () => { });
  for (let i = 0; i < 4; i++) C(404 + i * 0 , 470 + i * 34, 8, i < 3 ? '#9fe0b4' : '#7b8084');
  face([b.o[0], b.o[1] - 560], [250, -84], [0, 560], 250, 560, () => { k.cloud(125, 250, .62, 'none', `stroke="${dk(c, .35)}" stroke-width="9"`); for (let i = 0; i < 16; i++) S(`M20 ${440 + i * 7}H230`, dk(c, .35), 2, op(.35)); });
  face(b.O, [-160, -56], [250, -84], 160, 250, () => { R(36, 50, 62, 24, 11, '#26282a'); R(42, 57, 50, 9, 4, '#6f7478'); R(34, 120, 70, 34, 4, '#26282a'); R(40, 137, 58, 12, 2, '#dfe3e4'); C(66, 204, 13, '#26282a'); });
  // cable loop
  const cb = 'M450 340C430 200 560 160 640 230C700 290 800 330 860 420C930 530 900 700 940 820C950 860 930 900 900 920'; S(cb, DARK, 20, 'opacity=".14" transform="translate(18 20)"'); S(cb, dk(acc(), .35), 20); S(cb, lt(acc(), .2), 8);
  function acc() { return PAL.apricot; }
  T(886, 930, 1, () => { R(-40, -20, 60, 40, 10, '#e9e4da'); R(-66, -12, 30, 24, 6, '#b9bfc2'); }, -34); R(436, 322, 30, 50, 8, '#e9e4da');
}
export function camera(c) {
  shadow(600, 920, 370);
  R(430, 250, 340, 150, 40, lin([[0, lt(c, .3)], [1, dk(c, .1)]], 0, 0, 0, 1));
  const d = rr(240, 330, 720, 580, 90); P(d, lin([[0, lt(c, .35)], [.3, c], [1, dk(c, .28)]], 0, 0, .5, 1));
  clip(d, () => { R(240, 560, 720, 200, 0, lin([[0, '#5b4637'], [.3, '#7a5f4b'], [1, '#443328']])); const r = k.rng(4); for (let i = 0; i < 400; i++) k.dot(240 + r() * 720, 564 + r() * 192, 2, r() > .5 ? '#8d705a' : '#2f231b', .5); soft('M250 360H300V900H250Z', '#fff', 14, .4); soft('M880 360H960V900H900Z', DARK, 18, .3); });
  S('M240 560H960M240 760H960', lt(c, .5), 4, op(.6)); R(300, 820, 600, 34, 17, dk(c, .6)); R(312, 830, 576, 10, 5, '#1c1819');
  R(340, 392, 130, 84, 18, '#2d2f31'); R(352, 404, 106, 60, 12, lin([[0, '#fdf6e2'], [.5, '#e6dcc4'], [1, '#bfb39a']], 0, 0, 1, 1)); for (let i = 0; i < 8; i++) S(`M${362 + i * 12} 406V462`, '#a99d84', 2, op(.6));
  R(730, 392, 110, 84, 18, '#2d2f31'); R(744, 406, 82, 56, 10, lin([[0, '#6f8791'], [1, '#26323a']], 0, 0, 1, 1)); P('M752 412h34l-30 44h-8z', '#fff', op(.4));
  R(500, 372, 200, 40, 12, dk(c, .1)); for (const x of [540, 570, 600, 630, 660]) C(x, 392, 5, dk(c, .5));
  C(612, 652, 216, DARK, op(.3)); C(600, 640, 212, lin([[0, lt(c, .5)], [1, dk(c, .3)]], 0, 0, 1, 1)); C(600, 640, 190, lin([[0, '#2a2c2f'], [1, '#505457']], 0, 0, 1, 1)); C(600, 640, 158, lin([[0, '#606468'], [1, '#1d1f21']], 0, 0, 1, 1)); C(600, 640, 124, rad([[0, '#101418'], [.5, '#1d2c3a'], [.8, '#33506a'], [1, '#141a20']], .5, .5, .5)); C(600, 640, 62, rad([[0, '#04070a'], [1, '#22384b']]));
  E(556, 590, 40, 26, '#cfe3ef', 'opacity=".85" transform="rotate(-40 556 590)"'); C(652, 696, 15, '#9a7fbd', op(.6)); C(632, 680, 7, '#fff', op(.6)); for (let i = 0; i < 40; i++) { const a = i * .157; S(`M${(600 + Math.cos(a) * 196).toFixed(0)} ${(640 + Math.sin(a) * 196).toFixed(0)}L${(600 + Math.cos(a) * 208).toFixed(0)} ${(640 + Math.sin(a) * 208).toFixed(0)}`, dk(c, .5), 3, op(.4)); }
  C(290, 620, 26, PAL.cinnabar); C(284, 614, 9, lt(PAL.cinnabar, .5)); k.cloud(872, 660, .34, PAL.brass);
  // a picture coming out
  P('M360 846H840L850 1010Q600 1024 350 1010Z', lin([[0, '#d9d3c6'], [.2, '#fbf8f0'], [1, '#efe9dc']], 0, 0, 0, 1)); clip('M392 850H808L814 984Q600 996 386 984Z', () => { R(380, 840, 450, 160, 0, lin([[0, '#7e9aa6'], [1, '#e4c9a4']], 0, 0, 0, 1)); P('M380 1000C480 890 560 920 620 960C700 900 760 930 830 1000Z', '#5f7a6a'); C(720, 890, 22, '#f6e2b4'); });
}
export function mouse(c) {
  E(640, 780, 340, 190, rad([[0, DARK, .45], [.6, DARK, .22], [1, DARK, 0]]));
  G('transform="rotate(24 600 640)"', () => {
    const d = 'M600 240C740 240 800 340 806 500C812 640 820 760 796 860C770 970 690 1010 600 1010C510 1010 430 970 404 860C380 760 388 640 394 500C400 340 460 240 600 240Z';
    P(d, dk(c, .45), 'transform="translate(8 16)"'); P(d, rad([[0, lt(c, .55)], [.45, lt(c, .12)], [.8, c], [1, dk(c, .28)]], .38, .34, .78));
    clip(d, () => { P('M390 560Q600 500 810 560V230H390Z', lin([[0, lt(c, .3), .9], [1, c, .1]], 0, 0, 1, 1)); S('M388 566Q600 504 812 566', dk(c, .4), 5, op(.7)); S('M600 240V524', dk(c, .4), 5, op(.7)); S('M390 700Q410 640 404 560', dk(c, .4), 6, op(.5)); soft('M740 420C790 560 790 760 750 900L820 900V420Z', DARK, 22, .3); soft('M470 600C450 720 450 820 490 900C440 860 410 760 430 600Z', '#fff', 12, .6); });
    R(572, 330, 56, 130, 28, dk(c, .6)); R(580, 338, 40, 114, 20, lin([[0, '#5a5550'], [.4, '#9b948b'], [1, '#3c3834']])); for (let i = 0; i < 9; i++) S(`M582 ${350 + i * 11}H618`, '#26221f', 3, op(.6)); R(590, 480, 20, 8, 4, '#8fd0a8');
    k.cloud(600, 880, .5, 'none', `stroke="${dk(c, .35)}" stroke-width="8"`);
  });
}
export function ereader(c) {
  G('transform="rotate(-8 600 600)"', () => {
    const cov = rr(250, 190, 560, 830, 30); drop(cov, 30, 40, 24, .36); P(rr(262, 196, 568, 836, 30), dk(PAL.tea, .4)); P(cov, lin([[0, lt(PAL.tea, .25)], [1, dk(PAL.tea, .15)]], 0, 0, 1, 1));
    const b = rr(280, 196, 560, 820, 40); drop(b, 10, 12, 8, .3); P(b, lin([[0, lt(c, .2)], [1, dk(c, .25)]], 0, 0, 1, 1)); S('M284 900V236Q284 200 320 200H800', lt(c, .5), 4, op(.7));
    R(322, 246, 476, 660, 6, dk(c, .4)); R(326, 250, 470, 652, 4, lin([[0, '#f4efe2'], [1, '#e2dccb']], 0, 0, 1, 1));
    R(366, 300, 240, 22, 5, '#3b3733'); const r = k.rng(5);
    for (let i = 0; i < 9; i++) { const y = 364 + i * 26; let x = 366; const end = i === 4 || i === 8 ? 560 : 756; while (x < end - 12) { const w = 16 + r() * 42; R(x, y, Math.min(w, end - x), 10, 3, '#57524b', op(.75)); x += w + 9; } }
    clip(rr(366, 620, 390, 220, 6), () => { R(366, 620, 390, 220, 0, '#cfc8b7'); C(660, 690, 34, '#f4efe2'); P('M360 840C440 700 500 720 560 790C620 720 690 740 760 840Z', '#807a6d'); P('M360 850C460 770 560 800 640 820C700 790 740 800 760 850Z', '#4c4841'); });
    R(366, 870, 390, 6, 3, '#bdb6a5'); R(366, 870, 160, 6, 3, '#4c4841'); P('M326 250H560L326 640Z', '#fff', op(.16)); k.cloud(560, 960, .34, 'none', `stroke="${lt(c, .5)}" stroke-width="12"`);
  });
}
export function projector(c) {
  // beam
  P('M420 560L-40 180V930Z', linU([[0, '#fff3cf', .75], [1, '#fff3cf', .1]], 420, 0, 0, 0)); glow(400, 590, 220, '#fff1c8', .9);
  shadow(660, 930, 330);
  for (const x of [470, 880]) lathe(x, [[880, 30], [930, 22]], '#2f2b29');
  const d = rr(370, 350, 620, 540, 120); P(d, lin([[0, lt(c, .2)], [.35, lt(c, .35)], [.7, c], [1, dk(c, .3)]])); P(d, lin([[0, '#fff', .35], [.3, '#fff', 0], [.7, DARK, 0], [1, DARK, .22]], 0, 0, 0, 1));
  P('M480 352H880Q960 352 986 440Q760 400 374 440Q400 352 480 352Z', lt(c, .35), op(.7));
  clip(d, () => { R(760, 340, 250, 560, 0, dk(c, .1), op(.5)); for (let j = 0; j < 15; j++) for (let i = 0; i < 7; i++) k.dot(800 + i * 26, 500 + j * 22, 6, dk(c, .6), .6); });
  C(560, 620, 176, dk(c, .35)); C(554, 614, 170, lin([[0, lt(PAL.brass, .5)], [.5, PAL.brass], [1, dk(PAL.brass, .35)]], 0, 0, 1, 1)); C(554, 614, 146, lin([[0, '#26282b'], [1, '#4c5054']], 0, 0, 1, 1)); C(554, 614, 116, rad([[0, '#fffbe8'], [.22, '#ffe9ad'], [.5, '#8f86a8'], [.8, '#27313f'], [1, '#0e1216']], .46, .46, .56)); E(512, 566, 34, 20, '#fff', 'opacity=".85" transform="rotate(-38 512 566)"'); C(606, 668, 12, '#bda7d8', op(.7));
  const h = 'M520 356C520 240 840 240 840 356'; S(h, dk(PAL.walnut, .4), 42); S(h, PAL.walnut, 32); S('M516 346C526 236 830 232 840 340', lt(PAL.walnut, .5), 5, op(.7)); for (const x of [520, 840]) C(x, 362, 16, PAL.brass);
  R(440, 816, 90, 14, 7, dk(c, .4)); k.cloud(880, 450, .3, dk(c, .5));
}
export function earbuds(c) {
  shadow(600, 930, 330);
  // open case
  P('M300 560Q300 330 440 320H760Q900 330 900 560V600H300Z', lin([[0, lt(c, .15)], [.5, dk(c, .05)], [1, dk(c, .3)]], 0, 0, 1, 0)); P('M330 570Q330 360 450 350H750Q870 360 870 570V600H330Z', lin([[0, dk(c, .4)], [1, dk(c, .12)]], 0, 0, 0, 1)); k.cloud(600, 450, .6, 'none', `stroke="${dk(c, .5)}" stroke-width="6" opacity=".7"`);
  const d = 'M290 600H910V730Q910 926 730 926H470Q290 926 290 730Z'; P(d, linU([[0, dk(c, .2)], [.25, lt(c, .5)], [.5, lt(c, .1)], [1, dk(c, .32)]], 290, 0, 910, 0)); P(d, lin([[0, '#fff', .3], [.4, '#fff', 0], [1, DARK, .2]], 0, 0, 0, 1));
  E(600, 604, 310, 46, dk(c, .12)); E(600, 602, 292, 38, lin([[0, dk(c, .5)], [1, dk(c, .2)]], 0, 0, 1, 1)); C(600, 720, 9, '#9fe0b4'); soft('M330 660C330 800 370 870 440 900C350 880 310 800 310 660Z', '#fff', 8, .8);
  for (const s of [-1, 1]) G(`transform="translate(${600 + s * 134} 500) scale(${s} 1) rotate(8)"`, () => {
    P('M-26 10C-26 60 -22 100 -16 140H30C34 90 36 60 36 10Z', lin([[0, lt(c, .4)], [.5, c], [1, dk(c, .3)]]));
    P('M-60 -70C-40 -120 40 -130 70 -80C96 -30 70 40 20 46C-40 50 -84 -10 -60 -70Z', rad([[0, lt(c, .75)], [.5, lt(c, .2)], [1, dk(c, .3)]], .36, .3, .75)); P('M-62 -76C-96 -86 -112 -40 -88 -8C-76 8 -56 4 -52 -6Z', lin([[0, '#4b4e50'], [1, '#232527']])); E(-84, -46, 10, 24, '#7d8285', 'transform="rotate(14 -84 -46)"'); E(34, -50, 8, 20, dk(c, .6), 'transform="rotate(20 34 -50)"');
  });
  P('M300 610A310 46 0 0 0 900 610V640A310 46 0 0 1 300 640Z', lt(c, .35), op(.55));
}
export function turntable(c) {
  E(640, 890, 560, 120, rad([[0, DARK, .45], [.7, DARK, .22], [1, DARK, 0]]));
  const o = [600, 990], u = [-480, -190], v = [480, -190], b = box(o, u, v, 110, c, { round: 16 });
  clip(poly([b.o, b.a, b.A, b.O]), () => k.grain(100, 680, 520, 330, c, 5, 22, .35)); clip(poly([b.o, b.b, b.B, b.O]), () => k.grain(590, 680, 520, 330, c, 6, 22, .35));
  for (const p of [[600, 1000], [180, 830], [1020, 830]]) E(p[0], p[1], 34, 12, '#2b2524');
  face(b.A, [480, 190], [480, -190], 400, 400, () => { R(14, 14, 372, 372, 14, lin([[0, '#ece5d8'], [1, '#cfc5b2']], 0, 0, 1, 1)); });
  // platter and record
  const cx = 570, cy = 690, q = .396; E(cx + 8, cy + 14, 330, 330 * q, DARK, op(.4)); E(cx, cy + 4, 326, 326 * q, lin([[0, '#d9d5cd'], [.4, '#8f8b84'], [1, '#c7c2b8']])); E(cx, cy - 10, 314, 314 * q, '#17181a');
  for (let i = 0; i < 26; i++) E(cx, cy - 10, 306 - i * 8, (306 - i * 8) * q, 'none', `stroke="${i % 3 ? '#2b2d30' : '#3d4043'}" stroke-width="2.4"`);
  clip(ell(cx, cy - 10, 312, 312 * q), () => { soft(`M${cx} ${cy - 10}L${cx - 330} ${cy - 90}V${cy - 20}Z`, '#fff', 10, .3); soft(`M${cx} ${cy - 10}L${cx + 330} ${cy + 60}V${cy}Z`, '#fff', 10, .25); });
  E(cx, cy - 10, 100, 100 * q, PAL.cinnabar); E(cx, cy - 10, 100, 100 * q, lin([[0, '#fff', .3], [1, DARK, .2]], 0, 0, 1, 1)); E(cx, cy - 10, 62, 62 * q, 'none', 'stroke="#f3dcc4" stroke-width="3"'); E(cx, cy - 12, 9, 5, '#e9e4da');
  // arm
  lathe(926, [[560, 42], [600, 48], [650, 50]], '#b9bfc2', { metal: 1, k: .38 }); E(926, 560, 42, 16, '#e6e9ea');
  S('M926 556L920 700C916 740 840 770 760 790', DARK, 13, 'opacity=".25" transform="translate(10 24)"'); S('M950 486L926 556L918 690C914 730 840 752 764 766', '#8d9498', 16); S('M946 486L922 556L914 690C908 726 838 746 764 760', '#f2f4f4', 5); C(954, 478, 26, lin([[0, '#7d8387'], [1, '#3c4043']], 0, 0, 1, 1)); P('M786 742L716 760L708 790L790 774Z', '#2b2d30'); 
  E(250, 672, 30, 12, '#8d9498'); E(250, 662, 30, 12, lin([[0, '#f2f4f4'], [1, '#a5abaf']])); E(650, 918, 26, 10, lin([[0, '#f2f4f4'], [1, '#8d9498']]));
}
export default {
  'linear-headphones': ['studio', '#e4ded5', () => headphones('#e5dccb', '#8a6347')],
  'linear-headphones-2': ['studio', '#dfe1e0', () => headphones('#3a4046', '#5c6166')],
  'cloth-speaker': ['studio', '#e5ded2', () => speaker('#8c9a94')],
  'cloth-speaker-2': ['studio', '#e3e2dc', () => speaker('#b9806a')],
  'compact-keyboard': ['table', '#dcdfdb', () => keyboard('#d9d2c3', '#6f8f80')],
  'slim-power-bank': ['studio', '#e3e5e0', () => power('#dcdcd4')],
  'slim-power-bank-2': ['studio', '#e8dfd4', () => power('#7d94a0')],
  'instant-camera': ['studio', '#e7dfd3', () => camera('#e3d9c4')],
  'instant-camera-2': ['studio', '#e2e4de', () => camera('#8fb0a0')],
  'quiet-mouse': ['studio', '#dfe1de', () => mouse('#dcd6ca')],
  'quiet-mouse-2': ['studio', '#e6e0d8', () => mouse('#5a6b78')],
  'paper-ereader': ['table', '#e3dfd5', () => ereader('#4a4f53')],
  'lantern-projector': ['studio', '#c9c3bb', () => projector('#e2dccf')],
  'pebble-earbuds': ['studio', '#e2e3e0', () => earbuds('#ece7dc')],
  'pebble-earbuds-2': ['studio', '#e6dfd6', () => earbuds('#6f8f84')],
  'walnut-turntable': ['studio', '#e3ddd4', () => turntable(PAL.walnut)],
};
