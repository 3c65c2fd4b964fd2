% A method of the bench in Octave: brovey.m PAIR FUSED
%
% Every coarse pixel is repeated, and brightened as the mean of the MSI's bands is brighter than around. In an experiment:
%
%     {"name": "external", "label": "brovey", "command": ["octave-cli", "-q", "examples/brovey.m", "{pair}", "{fused.mat}"]}
%
% Octave shows the axes of HDF5 from the last to the first: bands, columns, rows.
files = argv();
pair = load(files{end - 1});
hsi = permute(double(pair.hsi), [3 2 1]);
msi = permute(double(pair.msi), [3 2 1]);
ratio = size(msi, 1) / size(hsi, 1);
pixels = ones(ratio);
cube = zeros(size(msi, 1), size(msi, 2), size(hsi, 3));
light = mean(msi, 3);
means = conv2(light, pixels / ratio ^ 2, "valid")(1:ratio:end, 1:ratio:end);
gain = light ./ kron(means, pixels);
for band = 1:size(hsi, 3)
  cube(:, :, band) = kron(hsi(:, :, band), pixels) .* gain;
end
save("-v7", files{end}, "cube");
