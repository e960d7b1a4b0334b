module fuse/contestants

go 1.19
